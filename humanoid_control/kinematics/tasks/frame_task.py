# SPDX-License-Identifier: Apache-2.0
"""Pose of one frame."""
from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.tasks.recovery import Recovery
from humanoid_control.kinematics.tasks.task import Task


class FrameTask(Task):
    """Brings a frame to a target pose in the world and follows the target's motion without lag.

    The step is the target's own motion since the last tick plus what the frame lagged behind before, the latter at a
    limited pace. Error and Jacobian are in axes of the frame, with the derivative of the logarithm on SE(3)
    (Solà et al., "A micro Lie theory for state estimation in robotics", 2018).
    """

    def __init__(self, frame_id: int, position_cost: float, orientation_cost: float,
                 position_recovery: Recovery | None = None, orientation_recovery: Recovery | None = None) -> None:
        """Costs in [1/m] and [1/rad]."""
        super().__init__(np.repeat([position_cost, orientation_cost], 3))
        self.frame_id = frame_id
        self._position_recovery = position_recovery or Recovery()
        self._orientation_recovery = orientation_recovery or Recovery()
        self.target = self._previous = pin.SE3.Identity()

    def reset(self, target: pin.SE3) -> None:
        """Aim at a pose that has not moved before."""
        self.target = self._previous = target.copy()

    def move_target(self, target: pin.SE3) -> None:
        """Aim at the pose that the target has moved to since the last tick."""
        self.target = target

    def update(self, state: KinematicState, dt: float) -> None:
        """Write Jacobian and step; see Task."""
        to_target = state.placement(self.frame_id).actInv(self.target)
        error = pin.log6(to_target).vector
        if self.target is self._previous:
            self.step[:3] = self._position_recovery.limit(error[:3], dt)
            self.step[3:] = self._orientation_recovery.limit(error[3:], dt)
        else:
            motion = pin.log6(self._previous.actInv(self.target)).vector
            lag = error - motion
            self.step[:3] = motion[:3] + self._position_recovery.limit(lag[:3], dt)
            self.step[3:] = motion[3:] + self._orientation_recovery.limit(lag[3:], dt)
        local = pin.getFrameJacobian(state.model, state.data, self.frame_id, pin.LOCAL)
        np.matmul(pin.Jlog6(to_target.inverse()), local, out=self.jacobian)
        self._previous = self.target

    def error(self, state: KinematicState) -> tuple[float, float]:
        """Distance [m] and angle [rad] between frame and target."""
        offset = state.placement(self.frame_id).actInv(self.target)
        return float(np.linalg.norm(offset.translation)), float(np.linalg.norm(pin.log3(offset.rotation)))
