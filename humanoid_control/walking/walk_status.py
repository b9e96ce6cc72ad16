# SPDX-License-Identifier: Apache-2.0
"""What the balance controller says about the gait (topic `walk/status`)."""
from __future__ import annotations

from dataclasses import dataclass

from humanoid_control.walking.pose2 import Pose2


@dataclass(frozen=True)
class WalkStatus:
    """State of the gait, coordinates in `odom`; feet are 0 (left) and 1.

    Attributes:
        standing: whether the robot stands on both feet.
        soles: left and right sole as they came down last.
        swing_foot: the foot that steps or will step next.
        target: where it comes down, as commanded until it has lifted off.
        footsteps_left: commanded footsteps that the gait has not made yet, the present one included.
        plan: number of the plan they belong to, 0 = none.
        balancing: whether the controller works; False before it does and after a failure or fall.
    """

    standing: bool
    soles: tuple[Pose2, Pose2]
    swing_foot: int
    target: Pose2
    footsteps_left: int
    plan: int
    balancing: bool = True

    @property
    def middle(self) -> Pose2:
        """Between the feet."""
        return self.soles[0].middle(self.soles[1])
