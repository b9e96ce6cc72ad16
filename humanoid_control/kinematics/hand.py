# SPDX-License-Identifier: Apache-2.0
"""One hand of the virtual posture."""
from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.settings import Motion
from humanoid_control.kinematics.tasks import FrameTask, PostureTask
from humanoid_control.kinematics.trajectories import PoseGovernor, VectorGovernor


class Hand:
    """Trajectory of a gripper frame, and of the posture that its arm prefers on the way.

    Attributes:
        side: 'l' or 'r'.
        task: frame task of the gripper.
        joints: indices of the arm's joints among the body joints.
    """

    def __init__(self, side: str, task: FrameTask, joints: np.ndarray, motion: Motion) -> None:
        self.side, self.task, self.joints = side, task, joints
        self._governor = PoseGovernor(motion.hand, motion.hand_turn)
        self._posture_governor = VectorGovernor([motion.posture] * len(joints))

    @property
    def target(self) -> pin.SE3 | None:
        """Pose aimed at in the stance frame; None while the arm keeps its joint angles."""
        return self._governor.target if self.task.active else None

    @property
    def moving(self) -> bool:
        """Whether the trajectory is under way."""
        return self.task.active and self._governor.moving

    def release(self, state: KinematicState) -> None:
        """Forget the target; the arm keeps its present joint angles."""
        self.task.active = False
        self._posture_governor.reset(state.joints[self.joints])

    def set_target(self, state: KinematicState, pose: pin.SE3, posture: np.ndarray | None) -> None:
        """Aim at a pose, and at joint angles [rad] where given."""
        if not self.task.active:
            start = state.placement(self.task.frame_id).copy()
            velocity = pin.getFrameJacobian(state.model, state.data, self.task.frame_id, pin.LOCAL) @ state.v
            self._governor.reset(start, start.rotation @ velocity[:3], velocity[3:])
            self.task.reset(start)
            self.task.active = True
        self._governor.set_target(pose)
        if posture is not None:
            self._posture_governor.set_target(posture)

    def stop(self) -> None:
        """Come to rest on the trajectory."""
        if self.task.active:
            self._governor.stop()

    def hold(self, state: KinematicState) -> None:
        """Take the present pose of the hand as its trajectory's end."""
        self.task.reset(state.placement(self.task.frame_id))
        self._governor.reset(self.task.target)

    def advance(self, dt: float, posture: PostureTask) -> None:
        """Move the targets of tasks on by dt [s]."""
        if self.task.active:
            self.task.move_target(self._governor.advance(dt))
        posture.target[self.joints] = self._posture_governor.advance(dt)
        posture.motion[self.joints] = self._posture_governor.velocity
