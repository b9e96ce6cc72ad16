# SPDX-License-Identifier: Apache-2.0
"""A part of `make push-battery`: the robot withstands pushes, and its supervisor lets it."""
from __future__ import annotations

import pytest

from bench.push_battery import AIM, MOMENTS, push
from bench.watched_rig import WatchedRig
from humanoid_control.model import RobotModel


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.mark.parametrize('direction', range(0, 360, 45))
@pytest.mark.parametrize('mode', AIM)
def test_it_withstands_pushes_from_every_side_and_nobody_stops_it(robot: RobotModel, mode: str, direction: int) -> None:
    rig = WatchedRig(robot, seed=3)
    assert push(rig, mode, direction, AIM[mode], MOMENTS[direction // 45 % 2]), rig.balance.reason
    assert rig.faults == {}


@pytest.mark.parametrize('mode, direction, options', [
    ('stand', 0, {'delay_ms': 10.0}), ('walk', 90, {'friction': 0.6, 'mass_scale': 1.05, 'delay_ms': 5.0}),
    ('stand', 225, {'mass_scale': 0.85}), ('walk', 180, {'mass_scale': 1.15}), ('walk', 315, {'noise': 2.0})])
def test_it_withstands_weaker_pushes_with_delay_noise_and_another_mass(robot: RobotModel, mode, direction, options) -> None:
    rig = WatchedRig(robot, seed=4, **options)
    assert push(rig, mode, direction, 0.8 * AIM[mode]), rig.balance.reason
    assert rig.faults == {}


@pytest.mark.parametrize('velocity', [(1.2, 0.0, 0.0), (-0.5, 0.0, 0.0), (0.0, 0.3, 0.0), (0.8, -0.3, 0.6), (0.0, 0.0, 0.8)])
def test_the_fastest_walk_and_its_end_are_no_fall_to_the_supervisor(robot: RobotModel, velocity) -> None:
    rig = WatchedRig(robot, seed=5)
    assert rig.run(0.5) and rig.walk(velocity, 6.0) and rig.stop()
    assert rig.faults == {}


def test_a_push_that_nobody_withstands_is_a_fall_before_the_robot_lies(robot: RobotModel) -> None:
    rig = WatchedRig(robot, seed=6)
    assert rig.run(0.5)
    rig.world.push(robot.configuration.frames.torso, (0.0, 160.0, 0.0), 3.0)
    while 'fall_predicted' not in rig.faults:
        rig.tick()
        assert rig.upright() > 0.6, rig.faults
