# SPDX-License-Identifier: Apache-2.0
"""How hard the robot is stopped."""

from __future__ import annotations

import enum


class StopCategory(enum.IntEnum):
    """Stop categories of IEC 60204-1 as this humanoid carries them out; the lower, the harder.

    The number is what `safety/heartbeat` carries, and the harder of two stops is their minimum.
    """

    POWER_OFF = 0  # joints without torque, damped: a standing robot falls
    CONTROLLED_SIT = 1  # goes down under control, then power off
    PROTECTIVE = 2  # keeps balance where it stands, takes no targets
    NONE = 3  # free to work

    @property
    def words(self) -> str:
        """For people."""
        return _WORDS[self]


_WORDS = {
    StopCategory.POWER_OFF: 'power off',
    StopCategory.CONTROLLED_SIT: 'sitting down',
    StopCategory.PROTECTIVE: 'holding still',
    StopCategory.NONE: 'free to work',
}
