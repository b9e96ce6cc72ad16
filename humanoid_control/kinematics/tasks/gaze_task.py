# SPDX-License-Identifier: Apache-2.0
"""Looking at a point."""
from __future__ import annotations

import math

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.tasks.recovery import Recovery
from humanoid_control.kinematics.tasks.task import Task

# Closer than this to the frame, a point has no direction worth following [m].
NEAREST = 0.05


class GazeTask(Task):
    """Turns the x axis of a frame towards a point in the world by moving some joints only.

    With d the direction of the point in the frame and r its distance, the task is d_y = d_z = 0; a body twist (v, w)
    of the frame changes d by d x w - (v - d (d.v)) / r. Other joints carry the head but don't look.
    """

    def __init__(self, frame_id: int, joints: np.ndarray, cost: float, recovery: Recovery | None = None) -> None:
        """`joints`: velocity indices of the joints that may move; cost in [1/rad]."""
        super().__init__(np.full(2, cost))
        self.frame_id = frame_id
        self._joints = np.asarray(joints, int)
        self._recovery = recovery or Recovery()
        self.target = self._previous = np.zeros(3)

    def reset(self, target: np.ndarray) -> None:
        """Look at a point [m], shape (3,), that has not moved before."""
        self.target = self._previous = np.array(target, float)

    def move_target(self, target: np.ndarray) -> None:
        """Look at the point [m] that the target has moved to since the last tick."""
        self.target = target

    def update(self, state: KinematicState, dt: float) -> None:
        """Write Jacobian and step; see Task."""
        frame = state.placement(self.frame_id)
        before, _, _ = _aim(frame, self._previous)
        error, direction, distance = _aim(frame, self.target)
        self.step[:] = error - before + self._recovery.limit(before, dt)
        x, y, z = direction
        # rows d_y and d_z of [-(I - d d') / r, [d]x]
        change = np.array([[x * y / distance, (y * y - 1.0) / distance, y * z / distance, z, 0.0, -x],
                           [x * z / distance, y * z / distance, (z * z - 1.0) / distance, -y, x, 0.0]])
        local = pin.getFrameJacobian(state.model, state.data, self.frame_id, pin.LOCAL)
        self.jacobian[:, self._joints] = change @ local[:, self._joints]
        self._previous = self.target


def _aim(frame: pin.SE3, point: np.ndarray) -> tuple[np.ndarray, list[float], float]:
    """Step of (d_y, d_z) [rad] that turns the frame's x axis to a point; direction and distance of the point."""
    local = frame.actInv(point)
    distance = max(float(np.linalg.norm(local)), NEAREST)
    x, y, z = direction = (local / distance).tolist()
    sine = math.hypot(y, z)
    scale = math.atan2(sine, x) / sine if sine > 1e-9 else 1.0
    return np.array([-y * scale, -z * scale]), direction, distance
