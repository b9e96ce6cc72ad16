# SPDX-License-Identifier: Apache-2.0
"""How a node obeys the supervisor."""

from __future__ import annotations

import math

from humanoid_control.safety.stop_category import StopCategory

HOLD_AFTER = 0.25  # [s] of real time without a heartbeat: five are missing
SIT_AFTER = 2.0  # [s]


class StopListener:
    """Turns the values of `safety/heartbeat`, and their absence, into the stop category that a node carries out.

    All times are of the computer's steady clock [s]: simulated time may stand still or run fast.
    """

    def __init__(self, required: bool):
        """
        Args:
            required: without a supervisor the robot may not work. On the real robot true; false lets a controller be
                tried alone. A supervisor that was heard once is required from then on.
        """
        self._required = required
        self._value = StopCategory.NONE
        self._heard_at: float | None = None

    def heard(self, value: int, wall: float) -> None:
        """Note a heartbeat; a value that is no stop category counts as a protective stop."""
        self._value = StopCategory(value) if value in iter(StopCategory) else StopCategory.PROTECTIVE
        self._heard_at = wall

    def category(self, wall: float) -> StopCategory:
        """Stop category to carry out now."""
        if self._heard_at is None:
            return StopCategory.PROTECTIVE if self._required else StopCategory.NONE
        silence = self.silence(wall)
        if silence > SIT_AFTER:
            return min(self._value, StopCategory.CONTROLLED_SIT)
        if silence > HOLD_AFTER:
            return min(self._value, StopCategory.PROTECTIVE)
        return self._value

    def silence(self, wall: float) -> float:
        """Time [s] since the last heartbeat; without any, infinite."""
        return math.inf if self._heard_at is None else wall - self._heard_at

    def reason(self, wall: float) -> str:
        """Why the robot is stopped, for people; empty while it isn't."""
        category = self.category(wall)
        if category is StopCategory.NONE:
            return ''
        if self._heard_at is None:
            return f'{category.words}: no safety supervisor has been heard'
        if self.silence(wall) > HOLD_AFTER:
            return f'{category.words}: the safety supervisor has been silent for {self.silence(wall):.1f} s'
        return f'{category.words}: the safety supervisor says so, see safety/state'
