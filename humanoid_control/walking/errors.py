# SPDX-License-Identifier: Apache-2.0
"""What keeps the robot from walking somewhere."""
from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class WalkingError(HumanoidError):
    """A floor map, footstep or command that walking can't work with."""


class NoPathError(WalkingError):
    """There is no way to the goal; the message says why."""
