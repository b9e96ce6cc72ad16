# SPDX-License-Identifier: Apache-2.0
"""How the kinematics carry out the supervisor's stops."""

from __future__ import annotations

from humanoid_control.kinematics.errors import TargetRefused
from humanoid_control.kinematics.reach.reach_guard import ReachGuard
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.safety.stop_category import StopCategory


class MotionStop:
    """Brings the posture to rest, lowers it for a controlled sit, and lets it go on from where it is.

    Attributes:
        category: stop in force.
        reason: why, for people.
    """

    def __init__(self, body: WholeBodyKinematics, guard: ReachGuard) -> None:
        self._body, self._guard = body, guard
        self.category = StopCategory.NONE
        self.reason = ''
        self._standing_height: float | None = None

    @property
    def takes_over(self) -> bool:
        """Whether the posture is to be taken over from the measured one at every tick: nothing holds the joints."""
        return self.category is StopCategory.POWER_OFF

    def carry_out(self, category: StopCategory, reason: str) -> None:
        """Change to another stop category, from now on."""
        self.reason = reason
        before, self.category = self.category, category
        if before is category:
            return
        if category is StopCategory.POWER_OFF:
            self._standing_height = None
        elif self._standing_height is None or before is StopCategory.CONTROLLED_SIT:
            self._body.stop()
        if category is StopCategory.CONTROLLED_SIT:
            if self._standing_height is None:
                self._standing_height = self._body.com_height
            self._body.sink(min(self._standing_height, self._body.settings.acceptance.sitting_com))
        if category is StopCategory.NONE:
            self._guard.reset()
            if self._standing_height is not None:
                self._body.set_com_height(self._standing_height)
            self._standing_height = None

    def check(self) -> None:
        """Raises TargetRefused with the reason while the robot is stopped."""
        if self.category is not StopCategory.NONE:
            raise TargetRefused(self.reason)
