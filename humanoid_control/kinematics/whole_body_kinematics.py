# SPDX-License-Identifier: Apache-2.0
"""A virtual posture that stands on fixed feet and follows targets."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.hand import Hand
from humanoid_control.kinematics.inverse_kinematics import InverseKinematics
from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.limits import CollisionPairState, JointLimits, SelfCollision
from humanoid_control.kinematics.reach.arm_chain import ArmChain
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.kinematics.tasks import ComTask, FrameTask, GazeTask, OrientationTask, PostureTask
from humanoid_control.kinematics.tasks.recovery import Recovery
from humanoid_control.kinematics.trajectories import PoseGovernor, VectorGovernor
from humanoid_control.model import RobotModel
from humanoid_control.model.robot_configuration import SIDES

# Longest step of the inverse kinematics [s]; longer ticks are divided.
LONGEST_STEP = 0.0125


class WholeBodyKinematics:
    """Turns targets for hands, gaze, CoM height and torso pitch into a smooth posture of the whole robot.

    All poses are in the stance frame (base_footprint): on the floor between the soles, x forward with their mean yaw.
    Both feet stay where they are, the CoM stays over the midpoint of the soles. The posture starts as measured; what is
    off in it (feet not level, CoM not centred) is taken back gently. Targets are followed on jerk-limited trajectories.
    A hand without a target keeps its arm's joint angles.

    Attributes:
        robot: the robot model.
        state: the virtual posture; its world is the stance frame.
        hands: by side, 'l' and 'r'.
    """

    def __init__(self, robot: RobotModel, settings: KinematicsSettings | None = None) -> None:
        """Start in the robot's stand posture.

        Raises ModelError: a collision pair of the robot file names a link without collision shape.
        """
        self.robot, self.settings = robot, settings or KinematicsSettings()
        costs, motion, joints = self.settings.costs, self.settings.motion, self.settings.joints
        model, configuration = robot.model, robot.configuration
        recovery = Recovery(self.settings.joints.recovery)
        self.state = KinematicState(model, robot.stand_posture())
        self._scratch = model.createData()
        self._soles = {side: robot.frame_id(configuration.legs[side].sole) for side in SIDES}
        torso, base = robot.frame_id(configuration.frames.torso), robot.frame_id(configuration.frames.base)
        self._feet = {side: FrameTask(frame, costs.feet, costs.feet, recovery, recovery) for side, frame in self._soles.items()}
        self._com = ComTask(costs.com, recovery)
        self._torso, self._pelvis = OrientationTask(torso, costs.torso, recovery), OrientationTask(base, costs.pelvis, recovery)
        self._gaze = GazeTask(robot.frame_id(configuration.frames.gaze), robot.v_indices(configuration.head), costs.gaze,
                              Recovery(motion.gaze.acceleration))
        self._posture = PostureTask(np.full(len(robot.joint_names), costs.posture_other), joints.posture_rate, costs.damping)
        self.hands: dict[str, Hand] = {}
        for side in SIDES:
            arm = configuration.arms[side]
            task = FrameTask(robot.frame_id(arm.gripper), costs.hand_position, costs.hand_orientation, recovery, recovery)
            chain = ArmChain.of_arm(robot, side, self.settings)
            self.hands[side] = Hand(side, task, robot.v_indices(arm.joints) - 6, self._posture, chain, torso, self.settings)
        limits = JointLimits(robot.lower + joints.margin, robot.upper - joints.margin,
                             joints.velocity_share * robot.velocity_limit,
                             np.full(len(robot.joint_names), joints.acceleration))
        collision = self.settings.collision
        self.self_collision = SelfCollision(model, robot.urdf, configuration.collision_pairs, margin=collision.margin,
                                            range_=collision.range, gain=collision.gain, rows=collision.rows)
        tasks = [*self._feet.values(), self._com, self._torso, self._pelvis, self._gaze, *(h.task for h in self.hands.values())]
        self.inverse_kinematics = InverseKinematics(model.nv, tasks, self._posture, limits, self.self_collision)

        self._feet_governors = {side: PoseGovernor(motion.com, motion.torso) for side in SIDES}
        self._com_governor = VectorGovernor([motion.com] * 3)
        self._torso_governor, self._pelvis_governor = (VectorGovernor([motion.torso] * 3) for _ in range(2))
        self._gaze_governor = VectorGovernor([motion.gaze] * 3)
        self.com_height, self.torso_pitch = 0.0, 0.0
        self.reset(dict(zip(robot.joint_names, self.state.q[7:])))

    def reset(self, positions: Mapping[str, float]) -> None:
        """Stand still in a measured posture and forget all targets.

        Args:
            positions: angles [rad] by name of at least the body joints.

        Raises:
            ModelError: a body joint is missing.
            ValueError: an angle isn't finite.
        """
        q = self.robot.configuration_of(list(positions), list(positions.values()))
        self.state.reset(q)
        soles = [self.state.placement(frame) for frame in self._soles.values()]
        q[:7] = pin.SE3ToXYZQUAT(_mid_feet(soles).inverse())
        self.state.reset(q)
        self.inverse_kinematics.solver.forget()
        for side, frame in self._soles.items():
            sole = self.state.placement(frame)
            self._feet[side].reset(sole)
            self._feet_governors[side].reset(sole)
            self._feet_governors[side].set_target(_level(sole))
        com, torso = self.state.com, self.state.placement(self._torso.frame_id).rotation
        self._com.reset(com)
        self._com_governor.reset(com)
        self.set_com_height(float(com[2]))
        for task, governor in ((self._torso, self._torso_governor), (self._pelvis, self._pelvis_governor)):
            rotation = self.state.placement(task.frame_id).rotation
            task.reset(rotation)
            governor.reset(pin.log3(rotation))
            governor.set_target(np.zeros(3))
        self.set_torso_pitch(float(pin.log3(torso)[1]))
        self._let_head_look(False)
        self._posture.target[:], self._posture.motion[:] = q[7:], 0.0
        for joint in self.robot.configuration.waist:
            self._posture.target[self.robot.v_index[joint] - 6] = 0.0
        for hand in self.hands.values():
            hand.release(self.state)

    def lead_straight(self, side: str, pose: pin.SE3) -> None:
        """Lead the gripper frame of a side ('l' or 'r') on a straight line to a pose in the stance frame.

        Reach isn't checked here; see ReachGuard.
        """
        self.hands[side].lead_straight(self.state, pose)

    def lead_by_joints(self, side: str, pose: pin.SE3, posture: np.ndarray) -> None:
        """Lead a hand to a pose by an even motion of its arm to `posture` [rad], which brings it there."""
        self.hands[side].lead_by_joints(self.state, pose, posture)

    def stop_hand(self, side: str) -> None:
        """Bring a hand to rest on its trajectory."""
        self.hands[side].stop(self.state)

    def stop(self) -> None:
        """Bring everything to rest within the limits of motion; targets are forgotten."""
        for governor in (self._com_governor, self._torso_governor):
            governor.stop()
        self.com_height, self.torso_pitch = float(self._com_governor.position[2]), float(self._torso_governor.position[1])
        if self._gaze.active:
            self._gaze_governor.stop()
        for hand in self.hands.values():
            hand.freeze(self.state)

    def sink(self, height: float) -> None:
        """Lead the CoM down to a height [m] over the floor while hands that were led stay where they are."""
        for hand in self.hands.values():
            hand.keep_place(self.state)
        self.set_com_height(height)

    def set_com_height(self, height: float) -> None:
        """Lead the CoM to a height [m] over the floor, above the midpoint of the soles."""
        self._com_governor.set_target(np.array([0.0, 0.0, height]))
        self.com_height = height

    def set_torso_pitch(self, pitch: float) -> None:
        """Lean the torso forward by an angle [rad]."""
        self._torso_governor.set_target(np.array([0.0, pitch, 0.0]))
        self.torso_pitch = pitch

    def set_gaze(self, point: np.ndarray) -> None:
        """Look at a point [m] in the stance frame, shape (3,)."""
        if not self._gaze.active:
            eye = self.state.placement(self._gaze.frame_id)
            ahead = eye.act(np.array([np.linalg.norm(point - eye.translation), 0.0, 0.0]))
            self._gaze_governor.reset(ahead)
            self._gaze.reset(ahead)
            self._let_head_look(True)
        self._gaze_governor.set_target(point)

    def update(self, dt: float) -> None:
        """Move on by dt [s].

        Raises:
            ValueError: dt isn't positive.
            SolverError: the posture can't be continued; it stays as it was.
        """
        if not (0.0 < dt < 10.0):
            raise ValueError(f'dt: expected a time between 0 and 10 s, got {dt}')
        steps = max(1, int(np.ceil(dt / LONGEST_STEP - 1e-6)))
        for _ in range(steps):
            self._step(dt / steps)

    @property
    def position(self) -> np.ndarray:
        """Angles of the body joints [rad] in `robot.joint_names` order."""
        return self.state.joints

    @property
    def velocity(self) -> np.ndarray:
        """Rates of the body joints [rad/s] in `robot.joint_names` order."""
        return self.state.v[6:]

    @property
    def moving(self) -> bool:
        """Whether any trajectory is still under way."""
        return any(g.moving for g in (self._com_governor, self._torso_governor)) or any(
            h.moving for h in self.hands.values()) or (self._gaze.active and self._gaze_governor.moving)

    def torso_target(self, arms: Mapping[str, np.ndarray] | None = None) -> pin.SE3:
        """Where the torso will be, in the stance frame, once CoM height and torso pitch are reached.

        Args:
            arms: arm angles [rad] by side to assume instead of the present ones; the body leans back against them.
        """
        q = self.state.q.copy()
        for side, posture in (arms or {}).items():
            q[7 + self.hands[side].joints] = posture
        model = self.robot.model
        wanted = np.array([0.0, 0.0, self.com_height]) - pin.centerOfMass(model, self._scratch, q)
        shift = np.linalg.solve(self._com_per_base_shift(), wanted)
        torso = self.state.placement(self._torso.frame_id).translation
        return pin.SE3(pin.exp3(np.array([0.0, self.torso_pitch, 0.0])), torso + shift)

    def _let_head_look(self, look: bool) -> None:
        """Lead the head by the gaze, or else by its joints: a free head would be swung about to balance the rest."""
        costs = self.settings.costs
        self._gaze.active = look
        head = self.robot.v_indices(self.robot.configuration.head) - 6
        self._posture.set_cost(head, costs.posture_other if look else costs.joint_motion)

    def _com_per_base_shift(self) -> np.ndarray:
        """Derivative, shape (3, 3), of the CoM by a shift of the base in the stance frame, the legs giving way."""
        state, legs = self.state, self.robot.configuration.legs
        to_base = state.placement(self._pelvis.frame_id).rotation.T
        result = state.com_jacobian[:, :3] @ to_base
        for side, frame in self._soles.items():
            sole = pin.getFrameJacobian(state.model, state.data, frame, pin.LOCAL)
            columns = self.robot.v_indices(legs[side].joints)
            bend = np.linalg.lstsq(sole[:, columns], -sole[:, :3] @ to_base, rcond=1e-6)[0]
            result = result + state.com_jacobian[:, columns] @ bend
        return result

    def near_pairs(self) -> list[CollisionPairState]:
        """Pairs of links that constrained the last step."""
        return self.self_collision.nearest()

    def _step(self, dt: float) -> None:
        for side, governor in self._feet_governors.items():
            self._feet[side].move_target(governor.advance(dt))
        self._com.move_target(self._com_governor.advance(dt))
        self._torso.move_target(pin.exp3(self._torso_governor.advance(dt)))
        self._pelvis.move_target(pin.exp3(self._pelvis_governor.advance(dt)))
        if self._gaze.active:
            self._gaze.move_target(self._gaze_governor.advance(dt))
        for hand in self.hands.values():
            hand.advance(self.state, dt)
        self.inverse_kinematics.step(self.state, dt)


def _mid_feet(soles: list[pin.SE3]) -> pin.SE3:
    """Stance frame of two soles: midpoint, mean yaw, mean inclination."""
    half = pin.log6(soles[0].actInv(soles[1])) * 0.5
    return pin.SE3(soles[0].act(pin.exp6(half)).rotation, (soles[0].translation + soles[1].translation) / 2)


def _level(sole: pin.SE3) -> pin.SE3:
    """The same sole, flat on the floor z = 0."""
    yaw = float(np.arctan2(sole.rotation[1, 0], sole.rotation[0, 0]))
    return pin.SE3(pin.utils.rotate('z', yaw), np.array([sole.translation[0], sole.translation[1], 0.0]))
