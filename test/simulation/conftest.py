# SPDX-License-Identifier: Apache-2.0
"""Shared rigs."""
from __future__ import annotations

import numpy as np
import pytest

from humanoid_control.model.robot_model import RobotModel
from humanoid_control.simulation.stand_in import StandIn


class PostureController:
    """Keeps the posture it finds with stiff joints: enough to stand still in front of the bench."""

    def __init__(self, stand_in: StandIn):
        self.stand_in = stand_in
        self.joints = stand_in.layout.joints
        robot = stand_in.world.robot
        names = stand_in.layout.joint_names
        limit = np.array([stand_in.world.model.actuator(n).forcerange[1] for n in names])
        self.stiffness, self.damping = 12 * limit, 0.15 * limit
        self.grippers = np.array([names.index(n) for n in robot.gripper_joints])
        self.stiffness[self.grippers] = self.damping[self.grippers] = 0
        self.target = stand_in.low_state()[0][self.joints].copy()
        self.velocity = np.zeros(len(names))

    def command(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        position, velocity, _ = self.stand_in.low_state()
        effort = self.stiffness * (self.target - position[self.joints]) - self.damping * velocity[self.joints]
        return self.target, self.velocity, effort

    def run(self, ticks: int) -> None:
        for _ in range(ticks):
            self.stand_in.apply(*self.command())
            self.stand_in.step()


@pytest.fixture(scope='session')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.fixture
def make_stand_in(robot: RobotModel):
    def make(seed: int = 0, **options) -> StandIn:
        with_station = options.pop('with_station', True)
        return StandIn(seed, options, robot=robot, with_station=with_station)
    return make


@pytest.fixture
def make_controller():
    return PostureController
