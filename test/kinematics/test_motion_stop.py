# SPDX-License-Identifier: Apache-2.0
"""Stops as the kinematics carry them out."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.kinematics.errors import TargetRefused
from humanoid_control.kinematics.motion_stop import MotionStop
from humanoid_control.kinematics.reach.reach_guard import ReachGuard
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.kinematics.target_gate import TargetGate
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.model import RobotModel
from humanoid_control.safety.stop_category import StopCategory

PERIOD = 0.01


class Mover:
    """A posture whose left hand, torso and height are on their way."""

    def __init__(self) -> None:
        settings = KinematicsSettings.load()
        self.body = WholeBodyKinematics(RobotModel.default(), settings)
        self.guard = ReachGuard(self.body, settings)
        self.stop = MotionStop(self.body, self.guard)
        hand = self.body.state.placement(self.body.hands['l'].task.frame_id)
        self.guard.lead('l', pin.SE3(hand.rotation, hand.translation + [0.1, 0.05, 0.15]))
        self.body.set_com_height(self.body.com_height - 0.15)
        self.body.set_torso_pitch(0.3)
        self.speeds: list[np.ndarray] = []
        self.run(0.3)

    def run(self, seconds: float) -> None:
        """Let it move."""
        for _ in range(round(seconds / PERIOD)):
            self.body.update(PERIOD)
            self.speeds.append(self.body.velocity.copy())

    @property
    def height(self) -> float:
        """Of the centre of mass [m]."""
        return float(self.body.state.com[2])


def test_a_protective_stop_brakes_within_the_limits_and_refuses_with_the_reason():
    mover = Mover()
    assert np.abs(mover.body.velocity).max() > 0.1
    mover.stop.carry_out(StopCategory.PROTECTIVE, 'holding still: hold was pressed')
    begin = len(mover.speeds)
    mover.run(1.0)
    assert np.abs(mover.body.velocity).max() < 1e-3
    limit = mover.body.settings.joints.acceleration * PERIOD
    assert np.abs(np.diff(mover.speeds[begin - 1:], axis=0)).max() < limit + 1e-9
    with pytest.raises(TargetRefused, match='hold was pressed'):
        mover.stop.check()
    mover.stop.carry_out(StopCategory.NONE, '')
    mover.stop.check()
    before = mover.body.position.copy()
    mover.run(1.0)
    assert np.abs(mover.body.position - before).max() < 1e-3      # nothing that was asked before happens now


def test_a_sit_lowers_the_posture_and_a_release_raises_it_again():
    mover = Mover()
    mover.stop.carry_out(StopCategory.PROTECTIVE, 'held')
    mover.run(1.0)
    standing = mover.height
    mover.stop.carry_out(StopCategory.CONTROLLED_SIT, 'stop')
    mover.run(3.0)
    assert mover.height == pytest.approx(mover.body.settings.acceptance.sitting_com, abs=0.01)
    mover.stop.carry_out(StopCategory.PROTECTIVE, 'held')
    mover.run(1.0)
    assert mover.height < standing - 0.05
    mover.stop.carry_out(StopCategory.NONE, '')
    mover.run(3.0)
    assert mover.height == pytest.approx(standing, abs=0.01)


def test_without_power_the_posture_is_the_measured_one_and_nothing_is_remembered():
    mover = Mover()
    mover.stop.carry_out(StopCategory.CONTROLLED_SIT, 'stop')
    mover.run(0.5)
    mover.stop.carry_out(StopCategory.POWER_OFF, 'off')
    assert mover.stop.takes_over
    mover.body.reset(dict(zip(mover.body.robot.joint_names, mover.body.position)))
    height = mover.height
    mover.stop.carry_out(StopCategory.NONE, '')
    assert not mover.stop.takes_over
    mover.run(1.0)
    assert mover.height == pytest.approx(height, abs=0.01)


def test_targets_of_before_the_release_are_refused():
    gate = TargetGate('odom', 'base_footprint', 0.5)
    gate.now, gate.not_before = 10.0, 9.9
    pose = ((0.3, 0.2, 0.9), (0.0, 0.0, 0.0, 1.0))
    with pytest.raises(TargetRefused, match='before the robot was released'):
        gate.pose('base_footprint', 9.8, *pose)
    gate.pose('base_footprint', 9.95, *pose)
