# SPDX-License-Identifier: Apache-2.0
"""The state estimate against the simulation's truth."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest
from balance_rig import BalanceRig, Squat

from humanoid_control.model import RobotModel


def tilt_error(rig: BalanceRig) -> float:
    """Angle between the estimated and the true upward direction [rad]."""
    estimated, true = rig.estimated_rotation()[2], rig.true_base()[1][2]
    return float(np.arccos(np.clip(estimated @ true, -1, 1)))


def yaw_difference(rig: BalanceRig) -> float:
    relative = rig.estimated_rotation().T @ rig.true_base()[1]
    return float(pin.log3(relative)[2])


def test_the_first_attitude_comes_from_the_accelerometer(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=1, noise=0.0)
    rig.step()
    assert tilt_error(rig) < 8e-3
    report = rig.balance.report
    feet = np.array(report.foot_position)
    np.testing.assert_allclose(feet.mean(axis=0), 0.0, atol=1e-3)
    assert abs(np.mean(report.foot_yaw)) < 1e-3


@pytest.mark.parametrize('seed', [1, 2])
def test_bias_is_found_and_nothing_drifts_while_standing(robot: RobotModel, seed: int) -> None:
    rig = BalanceRig(robot, seed=seed)
    rig.run(12.0)
    yaw, positions, velocity = yaw_difference(rig), [], []

    def note() -> None:
        report = rig.balance.report
        positions.append(np.array(report.base_position) - rig.true_base()[0])
        velocity.append(rig.estimated_rotation() @ np.array(report.base_velocity) - rig.true_velocity())
    rig.run(8.0, note)
    assert abs(yaw_difference(rig) - yaw) < 1e-3, 'yaw drifts'
    assert np.ptp(np.array(positions)[:, :2], axis=0).max() < 3e-3, 'position drifts'
    assert np.sqrt(np.mean(np.square(velocity))) < 0.005, 'velocity error'
    # the bias of the accelerometer (0.05 m/s^2 rms an axis) cannot be told from a tilt
    assert tilt_error(rig) < 0.015


def test_the_estimate_follows_a_squat(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=4)
    rig.run(2.0)
    offset = np.array(rig.balance.report.base_position) - rig.true_base()[0]
    squat, errors = Squat(rig, depth=0.25, down=1.0), []

    def note() -> None:
        report = rig.balance.report
        errors.append(np.array(report.base_position) - rig.true_base()[0] - offset)
    rig.follow(squat.seconds, squat, note)
    assert np.abs(np.array(errors)[:, 2]).max() < 4e-3
    assert np.abs(errors).max() < 8e-3


def test_a_push_does_not_confuse_the_attitude(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=5, noise=0.0, friction=0.6)
    rig.run(1.0)
    rig.world.push(robot.configuration.frames.torso, (60.0, 80.0, 0.0), 0.1)
    errors = []
    rig.run(3.0, lambda: errors.append(tilt_error(rig)))
    assert max(errors) < 8e-3
    assert errors[-1] < 4e-3


def test_a_lifted_foot_is_noticed_with_hysteresis(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=6, noise=0.0)
    rig.run(0.1)
    force = rig.balance.layout.force['l_sole']
    states = []
    for value in (250.0, 30.0, 10.0, 30.0, 60.0):
        def change(position: np.ndarray, velocity: np.ndarray, value: float = value) -> None:
            position[force.start + 2] = value
        rig.corrupt = change
        rig.step()
        states.append(rig.balance.report.foot_standing[0])
    assert states == [1, 1, 0, 0, 1]
