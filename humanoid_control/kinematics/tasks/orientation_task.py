# SPDX-License-Identifier: Apache-2.0
"""Orientation of one frame."""
from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.tasks.recovery import Recovery
from humanoid_control.kinematics.tasks.task import Task


class OrientationTask(Task):
    """Turns a frame to a target orientation in the world; like FrameTask without the position."""

    def __init__(self, frame_id: int, cost: float, recovery: Recovery | None = None) -> None:
        """Cost in [1/rad]."""
        super().__init__(np.full(3, cost))
        self.frame_id = frame_id
        self._recovery = recovery or Recovery()
        self.target = self._previous = np.eye(3)

    def reset(self, target: np.ndarray) -> None:
        """Aim at a rotation, shape (3, 3), that has not moved before."""
        self.target = self._previous = np.array(target, float)

    def move_target(self, target: np.ndarray) -> None:
        """Aim at the rotation that the target has turned to since the last tick."""
        self.target = target

    def update(self, state: KinematicState, dt: float) -> None:
        """Write Jacobian and step; see Task."""
        to_target = state.placement(self.frame_id).rotation.T @ self.target
        error = pin.log3(to_target)
        motion = pin.log3(self._previous.T @ self.target)
        self.step[:] = motion + self._recovery.limit(error - motion, dt)
        local = pin.getFrameJacobian(state.model, state.data, self.frame_id, pin.LOCAL)
        np.matmul(pin.Jlog3(to_target.T), local[3:], out=self.jacobian)
        self._previous = self.target
