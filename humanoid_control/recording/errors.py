# SPDX-License-Identifier: Apache-2.0
"""Errors of recordings."""

from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class RecordingError(HumanoidError):
    """A recording cannot be made or read; the message names the file and what to do."""
