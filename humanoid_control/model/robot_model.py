# SPDX-License-Identifier: Apache-2.0
"""URDF to Pinocchio, with joints by name."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pinocchio as pin

from humanoid_control.model.errors import ModelError
from humanoid_control.model.low_state import LowStateLayout
from humanoid_control.model.robot_configuration import SIDES, RobotConfiguration
from humanoid_control.model.robot_description import load_urdf, share_path


class RobotModel:
    """Free-floating robot whose gripper joints are held at their stand posture.

    Attributes:
        urdf: the URDF text.
        configuration: the robot file.
        full: Pinocchio model with all joints of the URDF, grippers and mimics as free slides.
        model: Pinocchio model without the gripper joints: what balance and kinematics work with.
            q is base position [m] in the world, base quaternion (x, y, z, w), joint angles [rad];
            v is base linear and angular velocity in base axes [m/s, rad/s], joint velocities [rad/s].
        joint_names: names of the n body joints in the order of `model`.
        actuated_names: body joints, then the two gripper joints.
        lower, upper: position limits [rad], shape (n,), in `joint_names` order.
        velocity_limit [rad/s], effort_limit [N m]: shape (n,).
        q_index, v_index: index into q or v by joint name.
    """

    def __init__(self, urdf: str, configuration: RobotConfiguration):
        """Build both models.

        Raises ModelError naming the joint, link or frame when URDF and robot file do not agree.
        """
        self.urdf = urdf
        self.configuration = configuration
        try:
            self.full = pin.buildModelFromXML(urdf, pin.JointModelFreeFlyer())
        except (ValueError, RuntimeError) as error:
            raise ModelError(f'URDF of robot {configuration.name!r} is malformed: {error}') from error
        self._check_names()
        locked = [*configuration.gripper_joints, *configuration.mimic_joints]
        reference = pin.neutral(self.full)
        for name in locked:
            actuated = dict(zip(configuration.mimic_joints, configuration.gripper_joints)).get(name, name)
            reference[self.full.joints[self.full.getJointId(name)].idx_q] = configuration.stand_posture.get(actuated, 0.0)
        self.model = pin.buildReducedModel(self.full, [self.full.getJointId(n) for n in locked], reference)
        self.joint_names = tuple(self.model.names[2:])
        self.actuated_names = (*self.joint_names, *configuration.gripper_joints)
        self.q_index = {n: self.model.joints[self.model.getJointId(n)].idx_q for n in self.joint_names}
        self.v_index = {n: self.model.joints[self.model.getJointId(n)].idx_v for n in self.joint_names}
        self.lower = self.model.lowerPositionLimit[7:].copy()
        self.upper = self.model.upperPositionLimit[7:].copy()
        self.velocity_limit = self.model.velocityLimit[6:].copy()
        self.effort_limit = self.model.effortLimit[6:].copy()
        self._set_armature()
        self.mass = pin.computeTotalMass(self.model)

    @classmethod
    def default(cls) -> RobotModel:
        """Model of the package's own humanoid."""
        return cls.load(share_path('config', 'robots', 'humanoid.yaml'))

    @classmethod
    def load(cls, configuration_path: str | Path, urdf_path: str | Path | None = None) -> RobotModel:
        """Model of a robot file and its URDF or xacro (by default the one that the robot file names)."""
        configuration = RobotConfiguration.load(configuration_path)
        return cls(load_urdf(urdf_path or share_path(configuration.urdf)), configuration)

    @property
    def base_joint_count(self) -> int:
        """Number of velocity coordinates before the first body joint."""
        return 6

    def frame_id(self, name: str) -> int:
        """Pinocchio id of a frame of `model`; ModelError names it when it isn't there."""
        if not self.model.existFrame(name):
            raise ModelError(f'frame {name!r} is not in the URDF of robot {self.configuration.name!r}')
        return self.model.getFrameId(name)

    def v_indices(self, names: Iterable[str]) -> np.ndarray:
        """Velocity indices of the named joints; ModelError names an unknown one."""
        return np.array([self._index(self.v_index, n) for n in names], dtype=int)

    def q_indices(self, names: Iterable[str]) -> np.ndarray:
        """Configuration indices of the named joints; ModelError names an unknown one."""
        return np.array([self._index(self.q_index, n) for n in names], dtype=int)

    def effort_limit_of(self, name: str) -> float:
        """URDF effort limit of any actuated joint [N m, N for slides]."""
        return float(self.full.effortLimit[self.full.joints[self.full.getJointId(name)].idx_v])

    def position_limits_of(self, name: str) -> tuple[float, float]:
        """URDF position limits of any actuated joint [rad, m for slides]."""
        index = self.full.joints[self.full.getJointId(name)].idx_q
        return float(self.full.lowerPositionLimit[index]), float(self.full.upperPositionLimit[index])

    def low_state_layout(self) -> LowStateLayout:
        """Layout of `low_state` for this robot."""
        return LowStateLayout(self.actuated_names)

    def stand_posture(self) -> np.ndarray:
        """Configuration q of the stand posture with the midpoint of the soles at the world's origin.

        Raises ModelError when the soles aren't level in that posture.
        """
        q = pin.neutral(self.model)
        for name, value in self.configuration.stand_posture.items():
            if name in self.q_index:
                q[self.q_index[name]] = value
            elif name not in self.configuration.gripper_joints:
                raise ModelError(f'stand_posture of robot {self.configuration.name!r} names {name!r}, '
                                 'which is no joint of the URDF')
        data = self.model.createData()
        pin.framesForwardKinematics(self.model, data, q)
        soles = [data.oMf[self.frame_id(self.configuration.legs[side].sole)] for side in SIDES]
        heights = [float(sole.translation[2]) for sole in soles]
        if abs(heights[0] - heights[1]) > 1e-3:
            raise ModelError(f'stand_posture: soles differ in height by {abs(heights[0] - heights[1]):.4f} m')
        q[:3] -= (soles[0].translation + soles[1].translation) / 2
        return q

    def configuration_of(self, names: Sequence[str], positions: Sequence[float],
                         base: pin.SE3 | None = None) -> np.ndarray:
        """Configuration q from named joint positions [rad] and the pose of the base in the world.

        Joints of the grippers are passed over. Raises ModelError naming a missing body joint.
        """
        q = pin.neutral(self.model)
        if base is not None:
            q[:7] = pin.SE3ToXYZQUAT(base)
        given: Mapping[str, float] = dict(zip(names, positions))
        for name, index in self.q_index.items():
            if name not in given:
                raise ModelError(f'joint {name!r} is missing among the {len(names)} positions given')
            q[index] = given[name]
        return q

    def _check_names(self) -> None:
        configuration = self.configuration
        for name in (*configuration.gripper_joints, *configuration.mimic_joints, *configuration.waist, *configuration.head,
                     *(n for leg in configuration.legs.values() for n in leg.joints),
                     *(n for arm in configuration.arms.values() for n in arm.joints), *configuration.joints):
            if not self.full.existJointName(name):
                raise ModelError(f'joint {name!r} of robot file {configuration.name!r} is not in the URDF')
        frames = configuration.frames
        for name in (frames.base, frames.torso, frames.gaze, frames.imu,
                     *(n for leg in configuration.legs.values() for n in (leg.foot, leg.sole)),
                     *(n for arm in configuration.arms.values() for n in (arm.force_sensor, arm.gripper)),
                     *(camera.optical_frame for camera in configuration.cameras.values())):
            if not self.full.existFrame(name):
                raise ModelError(f'frame {name!r} of robot file {configuration.name!r} is not in the URDF')
        for name in (*self.full.names[2:],):
            if name not in configuration.joints and name not in configuration.mimic_joints:
                raise ModelError(f'joint {name!r} of the URDF has no entry under joints in robot file {configuration.name!r}')

    def _set_armature(self) -> None:
        for model in (self.model, self.full):
            armature = np.zeros(model.nv)
            for joint in range(2, model.njoints):
                drive = self.configuration.joints.get(model.names[joint])
                if drive is not None:
                    armature[model.joints[joint].idx_v] = drive.armature
            model.armature = armature

    @staticmethod
    def _index(table: Mapping[str, int], name: str) -> int:
        try:
            return table[name]
        except KeyError:
            raise ModelError(f'{name!r} is no body joint of the URDF') from None
