# SPDX-License-Identifier: Apache-2.0
"""The stand-in's joints behind emulated motors."""

from __future__ import annotations

import numpy as np

from humanoid_control.simulation.stand_in import StandIn


class MujocoPlant:
    """Drives the actuators of a StandIn with laws that may change from tick to tick.

    The stand-in's own drive adds effort to gains that are fixed. Here effort carries the whole control, and the gains
    of MuJoCo's actuators are written directly, so that they act at every physics step and implicitly.
    """

    def __init__(self, stand_in: StandIn):
        self.stand_in = stand_in
        model = stand_in.world.model
        self.joint_names = tuple(stand_in.layout.joint_names)
        self._actuators = np.array([model.actuator(name).id for name in self.joint_names])
        self._slides = np.array([self.joint_names.index(name) for name in stand_in.world.robot.gripper_joints])
        self._limit = model.actuator_forcerange[self._actuators, 1].copy()
        self._nothing = np.zeros(len(self.joint_names))

    @property
    def time_ns(self) -> int:
        """Simulated time."""
        return self.stand_in.time_ns

    def state(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Measured position, velocity and effort of the joints; views until the next step."""
        joints = self.stand_in.layout.joints
        position, velocity, effort = self.stand_in.low_state()
        return position[joints], velocity[joints], effort[joints]

    def sensors(self) -> np.ndarray:
        """IMU and wrenches as in the low state."""
        return self.stand_in.low_state()[0][self.stand_in.layout.joints.stop :]

    def drive(self, control: np.ndarray, kp: np.ndarray, kd: np.ndarray, limit: np.ndarray) -> None:
        """Take the law of the drives."""
        self.stand_in.apply(self._nothing, self._nothing, control)
        model = self.stand_in.world.model
        bias = model.actuator_biasprm
        bias[self._actuators, 1] = -kp
        bias[self._actuators, 2] = -kd
        # a gripper's actuator sees the full opening, twice the joint position
        bias[self._actuators[self._slides], 1:3] /= 2
        bound = np.minimum(limit, self._limit)
        model.actuator_forcerange[self._actuators, 0] = -bound
        model.actuator_forcerange[self._actuators, 1] = bound

    def step(self) -> None:
        """Advance by one control step."""
        self.stand_in.step()
