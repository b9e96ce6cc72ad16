# SPDX-License-Identifier: Apache-2.0
"""One hand of the virtual posture."""
from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.reach.arm_chain import ArmChain
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.kinematics.tasks import FrameTask, PostureTask
from humanoid_control.kinematics.trajectories import PoseGovernor, VectorGovernor


class Hand:
    """Trajectory of a gripper frame, and of the posture that its arm prefers on the way.

    Straight: the frame task leads; the posture is the one with room to the joint limits that brings the hand to where the
    trajectory is, found next to the last one at every tick. By joints: the posture leads until it is
    there, then the frame task takes out what is left.

    Attributes:
        side: 'l' or 'r'.
        task: frame task of the gripper.
        joints: indices of the arm's joints among the body joints.
        target: pose aimed at in the stance frame; None while the arm keeps its joint angles.
        in_reach: whether the arm reaches the present point of its trajectory from where the torso is.
    """

    def __init__(self, side: str, task: FrameTask, joints: np.ndarray, posture: PostureTask, chain: ArmChain, torso: int,
                 settings: KinematicsSettings) -> None:
        """`torso`: frame id of the base of `chain`."""
        motion = settings.motion
        self.side, self.task, self.joints = side, task, joints
        self._chain, self._torso, self._posture = chain, torso, posture
        self._costs = settings.costs
        self.target: pin.SE3 | None = None
        self.in_reach = True
        self._led = False
        self._tracked = chain.solution_at((chain.lower + chain.upper) / 2)
        self._governor = PoseGovernor(motion.hand, motion.hand_turn)
        self._posture_governor = VectorGovernor([motion.posture] * len(joints))

    @property
    def by_joints(self) -> bool:
        """Whether the posture leads."""
        return self.target is not None and not self.task.active

    @property
    def moving(self) -> bool:
        """Whether a trajectory is under way."""
        return self.by_joints or (self.target is not None and self._governor.moving)

    def lag(self, state: KinematicState) -> tuple[float, float]:
        """How far the hand is behind its trajectory: [m], and the largest angle [rad]."""
        if self.by_joints:
            return 0.0, float(np.abs(self._posture_governor.position - state.joints[self.joints]).max())
        return self.task.error(state) if self.target is not None else (0.0, 0.0)

    def release(self, state: KinematicState) -> None:
        """Forget the target; the arm keeps its present joint angles."""
        self.target = None
        self._led = False
        self._let_joints_lead(True)
        self._posture_governor.reset(state.joints[self.joints])

    def lead_straight(self, state: KinematicState, pose: pin.SE3) -> None:
        """Aim at a pose on a straight line."""
        if not self.task.active:
            self._start_task(state)
        self.move_target(pose)

    def lead_by_joints(self, state: KinematicState, pose: pin.SE3, posture: np.ndarray) -> None:
        """Aim at a pose by an even motion of the joints to angles [rad] that bring the hand there."""
        self._led = True
        self._start_joints(state)
        self._posture_governor.set_target(posture)
        self.target = pose.copy()

    def move_target(self, pose: pin.SE3) -> None:
        """Aim at another pose in the same way."""
        self._led = True
        self.target = pose.copy()
        if self.task.active:
            self._governor.set_target(pose)

    def stop(self, state: KinematicState) -> None:
        """Come to rest on the trajectory."""
        if self.by_joints:
            self._start_task(state)
        if self.task.active:
            self._governor.stop()
            self.target = self._governor.target

    def freeze(self, state: KinematicState) -> None:
        """Forget the target and bring every joint of the arm to rest: no joint moves on behind a hand that stands still."""
        self.target = None
        self._start_joints(state)

    def keep_place(self, state: KinematicState) -> None:
        """Stay where the hand is, over the bench, while the body sinks; an arm that was never led goes with the body."""
        if self._led:
            self._start_task(state)
            self.target = self._governor.target

    def hold(self, state: KinematicState) -> None:
        """Give the trajectory up and stay where the hand is: the pose that it got to, nothing beyond."""
        if self.target is not None:
            self._start_task(state)
            self._governor.reset(self.task.target)
            self.target = self.task.target

    def advance(self, state: KinematicState, dt: float) -> None:
        """Move the targets of tasks on by dt [s]."""
        if self.by_joints and not self._posture_governor.moving:
            self._start_task(state)
            self._governor.set_target(self.target)
        if self.task.active:
            pose = self._governor.advance(dt)
            self.target = self._governor.target
            self.task.move_target(pose)
            self._track(state.placement(self._torso).actInv(pose), dt)
        else:
            self._posture.target[self.joints] = self._posture_governor.advance(dt)
            self._posture.motion[self.joints] = self._posture_governor.velocity

    def _track(self, pose: pin.SE3, dt: float) -> None:
        """Prefer the posture that brings the hand to `pose`, given in the base of the chain."""
        last = self._tracked
        solution = self._chain.track(pose, last)
        self.in_reach = solution.converged
        self._posture.motion[self.joints] = (solution.posture - last.posture) / dt if self.in_reach else 0.0
        if self.in_reach:
            self._tracked = solution
        self._posture.target[self.joints] = self._tracked.posture

    def _let_joints_lead(self, lead: bool) -> None:
        self.task.active = not lead
        self._posture.set_cost(self.joints, self._costs.joint_motion if lead else self._costs.posture_arms)

    def _start_joints(self, state: KinematicState) -> None:
        """Let the joints take the arm over where they are and as they move, to stop as soon as possible."""
        self._let_joints_lead(True)
        limit = self._posture_governor.velocity_limit
        self._posture_governor.reset(state.joints[self.joints], np.clip(state.v[6:][self.joints], -limit, limit))

    def _start_task(self, state: KinematicState) -> None:
        """Let the frame task take the hand over where it is and as it moves."""
        pose = state.placement(self.task.frame_id).copy()
        velocity = pin.getFrameJacobian(state.model, state.data, self.task.frame_id, pin.LOCAL) @ state.v
        self._governor.reset(pose, pose.rotation @ velocity[:3], velocity[3:])
        self.task.reset(pose)
        self._tracked = self._chain.solution_at(state.joints[self.joints])
        self._let_joints_lead(False)
