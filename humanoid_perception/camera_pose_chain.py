# SPDX-License-Identifier: Apache-2.0
"""Where a camera was: the base in `odom` and the joints between base and camera."""

from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.model.robot_model import RobotModel
from humanoid_perception.state_history import StateHistory


class CameraPoseChain:
    """Forward kinematics of camera frames, from a history of joint states and odometry."""

    def __init__(self, robot: RobotModel, history: StateHistory | None = None) -> None:
        """Keep model and history; a new history of the robot's body joints when none is given."""
        self._model = robot.model
        self._data = robot.model.createData()
        self._robot = robot
        self.history = history if history is not None else StateHistory(robot.joint_names)
        self._places = robot.q_indices(self.history.joint_names)
        self._configuration = pin.neutral(robot.model)

    def pose(self, frame: str, stamp: float) -> pin.SE3:
        """Return the SE3 of `frame` in `odom` at `stamp` [s].

        Raises StaleStateError without a state near the stamp, ModelError for an unknown frame.
        """
        base, joints = self.history.at(stamp)
        return self.pose_at(frame, base, joints)

    def pose_at(self, frame: str, base: pin.SE3, joints: np.ndarray) -> pin.SE3:
        """Return the SE3 of `frame` in `odom` for a base pose and joint positions (n,) in the history's order."""
        self._configuration[:7] = pin.SE3ToXYZQUAT(base)
        self._configuration[self._places] = joints
        identity = self._robot.frame_id(frame)
        pin.forwardKinematics(self._model, self._data, self._configuration)
        return pin.updateFramePlacement(self._model, self._data, identity).copy()
