# SPDX-License-Identifier: Apache-2.0
"""Where the next foot comes down is told from the first moment of a step on."""
from __future__ import annotations

import math

from balance_rig import BalanceRig

from humanoid_control.balance.walk import Footstep, GaitPhase


def test_the_told_target_is_the_commanded_footstep_from_lift_off_to_touch_down(robot):
    rig = BalanceRig(robot, seed=3)
    rig.run(0.5)
    walking = rig.balance.walking
    (left, right) = ((pose.x, pose.y, pose.yaw) for pose in walking.state.sole)
    steps = [Footstep(k % 2, 0.12 * (k + 1) + (left, right)[k % 2][0], (left, right)[k % 2][1], 0.0) for k in range(6)]
    walking.follow(steps)
    away: list[float] = []

    def watch() -> None:
        if walking.phase is GaitPhase.STEPPING and walking.footsteps_left:
            planned = steps[len(steps) - walking.footsteps_left]
            assert planned.foot == 1 - walking.state.stance
            away.append(math.hypot(walking.target.x - planned.x, walking.target.y - planned.y))

    rig.run(4.0, watch)
    assert walking.phase is GaitPhase.STANDING and walking.footsteps_left == 0
    assert away and max(away) < 0.12
    assert rig.stands()
