# SPDX-License-Identifier: Apache-2.0
"""Where the robot's bones and the floor under it were."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pinocchio as pin

from humanoid_control.model.robot_model import RobotModel
from humanoid_perception.camera_pose_chain import CameraPoseChain


class Skeleton:
    """Lines from joint to joint along limbs and trunk.

    Attributes:
        base: position (3,) of the base link in `odom` [m].
        floor: height of the lower sole in `odom` [m]: one foot stands at any time.
        bones: (m, 2, 3) ends of the bones in `odom` [m].
    """

    def __init__(self, robot: RobotModel, chain: CameraPoseChain) -> None:
        """Stand at the origin; ModelError names a frame that the URDF lacks."""
        self._chain = chain
        parts = robot.configuration
        self._soles = [leg.sole for leg in parts.legs.values()]
        self._lines = [
            [parts.frames.base, *parts.waist, *parts.head],
            *([*leg.joints, leg.sole] for leg in parts.legs.values()),
            *([*arm.joints, arm.force_sensor, arm.gripper] for arm in parts.arms.values()),
        ]
        self.move(pin.SE3.Identity(), np.zeros(len(chain.history.joint_names)))

    def move(self, base: pin.SE3, joints: np.ndarray) -> None:
        """Take a pose of the base in `odom` and joint positions (n,) in the order of the chain's history."""
        self.base = base.translation.copy()
        self.floor = min(self._place(sole, base, joints)[2] for sole in self._soles)
        places = [[self._place(name, base, joints) for name in line] for line in self._lines]
        self.bones = np.array([bone for line in places for bone in pairwise(line)])

    def _place(self, frame: str, base: pin.SE3, joints: np.ndarray) -> np.ndarray:
        return self._chain.pose_at(frame, base, joints).translation
