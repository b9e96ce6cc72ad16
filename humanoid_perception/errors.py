# SPDX-License-Identifier: Apache-2.0
"""Errors of perception; each message says what was found, what was expected and what to do."""

from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class PerceptionError(HumanoidError):
    """Base of the errors of this package."""


class CameraInfoError(PerceptionError):
    """CameraInfo without usable intrinsics, or with a lens model that is not supported."""


class ImageFormatError(PerceptionError):
    """Image of a wrong size, type or number of channels."""


class CoveredCameraError(PerceptionError):
    """Image without content: lens covered, light off or camera dead."""


class DepthError(PerceptionError):
    """Depth image without enough returns."""


class BoardNotSeenError(PerceptionError):
    """Too few tags of the board in the image, or a pose that the tags leave ambiguous."""


class StaleStateError(PerceptionError):
    """No robot state near the stamp of an image."""
