# SPDX-License-Identifier: Apache-2.0
"""The controller on the simulated robot with its sensors: noise, delay, wrong mass, low friction."""
from __future__ import annotations

import numpy as np
import pytest
from balance_rig import BalanceRig, Squat

from humanoid_control.balance import BalanceConfiguration, ReferenceSource
from humanoid_control.model import RobotModel

HARD = {'friction': 0.6, 'delay_ms': 5.0}


def test_stands_still_in_the_measured_posture(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=1)
    rig.run(6.0)
    settled, _ = rig.true_base()
    feet = rig.soles()
    positions = []
    rig.run(6.0, lambda: positions.append(rig.true_base()[0]))
    assert rig.stands(), rig.balance.reason
    assert np.ptp(positions, axis=0).max() < 0.012, 'the pelvis wanders'
    assert np.abs(rig.soles() - feet).max() < 1e-3, 'a foot slips'
    assert np.abs(rig.true_base()[0] - settled).max() < 0.01


@pytest.mark.parametrize('mass_scale', [0.95, 1.05])
def test_stands_with_wrong_mass_delay_and_low_friction(robot: RobotModel, mass_scale: float) -> None:
    rig = BalanceRig(robot, seed=2, mass_scale=mass_scale, **HARD)
    rig.run(5.0)
    assert rig.stands(), rig.balance.reason
    assert rig.balance.report.cop_margin > 0.06


@pytest.mark.parametrize('options', [{}, {'mass_scale': 1.05, **HARD}], ids=['nominal', 'hard'])
def test_squats_a_quarter_metre_and_comes_up(robot: RobotModel, options: dict[str, float]) -> None:
    rig = BalanceRig(robot, seed=3, **options)
    rig.run(1.0)
    squat = Squat(rig, depth=0.30)
    heights, hands, margins = [], [], []

    def note() -> None:
        report = rig.balance.report
        heights.append(rig.world.world.data.subtree_com[1][2])
        hands.append(max(report.hand_position_error))
        margins.append(report.cop_margin)
    rig.follow(squat.seconds, squat, note)
    assert rig.stands(), rig.balance.reason
    assert heights[0] - min(heights) > 0.25, 'the squat is not deep enough'
    assert abs(heights[-1] - heights[0]) < 0.01, 'it does not come up again'
    assert max(hands) < 0.006, 'the hands do not stay at their targets'
    assert min(margins) > 0.04
    assert rig.balance.reference_source == ReferenceSource.LIVE


@pytest.mark.parametrize('direction', range(0, 360, 45))
def test_survives_ten_newton_seconds_without_a_step(robot: RobotModel, direction: int) -> None:
    options = {'mass_scale': 0.95 if direction % 90 else 1.05, **HARD}
    rig = BalanceRig(robot, seed=direction, **options)
    rig.run(1.0)
    feet = rig.soles()
    angle = np.deg2rad(direction)
    rig.world.push(robot.configuration.frames.torso, 100.0 * np.array([np.cos(angle), np.sin(angle), 0.0]), 0.1)
    rig.run(3.0)
    assert rig.stands(), rig.balance.reason
    assert np.abs(rig.soles() - feet).max() < 0.01, 'a foot moved'
    report = rig.balance.report
    assert report.dcm_margin > 0.08
    assert report.relaxed == 0 and report.failures == 0


def test_hands_keep_their_place_in_the_stance_frame_with_a_wrong_mass(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=4, mass_scale=1.05)
    rig.follow(4.0, lambda _: (rig.stand, np.zeros(len(rig.names))))
    errors = []
    rig.run(2.0, lambda: errors.append(list(rig.balance.report.hand_position_error)))
    assert np.mean(errors) < 1.5e-3


def test_a_reference_that_jumps_is_faded_in(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=5, noise=0.0)
    rig.run(1.0)
    far = rig.stand.copy()
    far[rig.names.index(robot.configuration.arms['l'].joints[3])] -= 0.8
    largest = []
    speed = []

    def note() -> None:
        largest.append(np.abs(rig.balance.effort).max())
        speed.append(np.abs(rig.world.robot.true_joint_state()[1]).max())
    rig.follow(2.0, lambda _: (far, np.zeros(len(rig.names))), note)
    assert rig.stands()
    assert max(speed) < 3.0, 'the arm was thrown'
    assert rig.balance.report.hand_position_error[0] < 2e-3


def test_a_stale_reference_is_held_and_reported(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=6)
    rig.follow(0.5, lambda _: (rig.stand, np.zeros(len(rig.names))))
    assert rig.balance.reference_source == ReferenceSource.LIVE
    rig.run(0.5)
    assert rig.balance.reference_source == ReferenceSource.STALE
    assert rig.stands()
    assert rig.balance.report.reference_age == pytest.approx(0.5, abs=0.02)


def test_a_weak_robot_plans_within_its_torques(robot: RobotModel) -> None:
    gains = BalanceConfiguration.load().with_values({'limit.torque_share': 0.3})
    rig = BalanceRig(robot, seed=7, gains=gains)
    largest = np.zeros(len(rig.names))

    def note() -> None:
        np.maximum(largest, np.abs(rig.balance.effort), out=largest)
    rig.run(0.5, note)
    rig.world.push(robot.configuration.frames.torso, (80.0, 0.0, 0.0), 0.1)
    rig.run(1.5, note)
    limits = np.array([robot.effort_limit_of(name) for name in rig.names])
    body = [i for i, name in enumerate(rig.names) if name in robot.joint_names]
    assert rig.stands()
    assert (largest[body] <= 0.3 * limits[body] + 1e-6).all()
