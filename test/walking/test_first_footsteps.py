# SPDX-License-Identifier: Apache-2.0
"""The simulated robot makes its first footsteps from a stand where they were planned: things may be near."""
from __future__ import annotations

import math

import pytest

from bench.walking_rig import WalkingRig
from humanoid_control.balance.walk import Footstep
from humanoid_control.model import RobotModel
from humanoid_control.walking.pose2 import Pose2

CLOSE = 0.025     # [m]; the planner keeps 0.03 m from obstacles (`margin` of config/walking_node.yaml)


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.mark.parametrize('first, ways', [
    (0, [(0.22, 0.20, 0.0), (0.22, -0.20, 0.0), (0.22, 0.20, 0.0), (0.0, -0.20, 0.0)]),
    (0, [(0.0, 0.30, 0.0), (0.22, -0.20, 0.0), (0.11, 0.30, 0.0), (0.11, -0.15, 0.0)]),
    (1, [(0.11, -0.30, 0.0), (0.22, 0.20, 0.0), (0.19, -0.25, -0.26), (0.10, 0.20, -0.13)]),
    (0, [(-0.12, 0.20, 0.0), (-0.12, -0.20, 0.0), (0.0, 0.20, 0.0)]),
    (1, [(0.03, -0.20, -0.26), (0.03, 0.20, -0.26), (0.0, -0.20, 0.0)])],
    ids=['ahead', 'aside', 'across', 'back', 'turning'])
def test_first_footsteps_are_made_where_they_were_planned(robot: RobotModel, first: int, ways) -> None:
    rig = WalkingRig(robot, seed=7)
    assert rig.run(1.0)
    standing = rig.balance.walking.state.sole[1 - first]
    place, foot, footsteps = Pose2(standing.x, standing.y, standing.yaw), first, []
    for forward, left, turn in ways:     # each seen from the footstep before
        c, s = math.cos(place.yaw), math.sin(place.yaw)
        place = Pose2(place.x + c * forward - s * left, place.y + s * forward + c * left, place.yaw + turn)
        footsteps.append(Footstep(foot, place.x, place.y, place.yaw))
        foot = 1 - foot
    rig.balance.walking.follow(footsteps)
    assert rig.run(0.5 * len(footsteps) + 2.0)
    errors = [math.dist((wanted.x, wanted.y), (made.x, made.y)) for wanted, made in zip(footsteps, rig.steps)]
    assert len(errors) == len(footsteps)
    assert max(errors) < CLOSE, errors
