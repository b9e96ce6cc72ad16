# SPDX-License-Identifier: Apache-2.0
"""Binding of the serial-chain inverse kinematics in C."""
from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.native_library import LIBRARY, check
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.model import ModelError, RobotModel

_NOT_CONVERGED = 7
# Self-motion: first step of a search [rad]; step of tracking per missing margin, and its growth in a call [rad].
_SEARCH_STEP, _TRACKING_GAIN, _TRACKING_RAMP = 0.1, 0.02, 4e-4
_TRACKING_ITERATIONS = 10
_AXES = {'RX': np.array([1.0, 0.0, 0.0]), 'RY': np.array([0.0, 1.0, 0.0]), 'RZ': np.array([0.0, 0.0, 1.0])}


class _Chain(ctypes.Structure):
    """kin_chain of c/kin_chain.h."""

    _fields_ = [('joints', ctypes.c_int), ('placement', ctypes.c_void_p), ('axis', ctypes.c_void_p),
                ('lower', ctypes.c_void_p), ('upper', ctypes.c_void_p)]


class _Problem(ctypes.Structure):
    """kin_chain_problem of c/kin_chain.h."""

    _fields_ = [('target', ctypes.c_void_p), ('rotation_length', ctypes.c_double), ('position_tolerance', ctypes.c_double),
                ('orientation_tolerance', ctypes.c_double), ('max_iterations', ctypes.c_int), ('margin_steps', ctypes.c_int), ('margin_step', ctypes.c_double), ('enough_margin', ctypes.c_double),
                ('posture', ctypes.c_void_p), ('position_error', ctypes.c_double), ('orientation_error', ctypes.c_double),
                ('margin', ctypes.c_double), ('iterations', ctypes.c_int)]


@dataclass(frozen=True)
class ChainSolution:
    """Where a search ended; see ReachResult for the fields.

    `iterations` counts both parts of the search; `self_motion` [rad] is the step that `track` made away from the joint limits.
    """

    converged: bool
    posture: np.ndarray
    margin: float
    position_error: float
    orientation_error: float
    iterations: int
    self_motion: float = 0.0


class ArmChain:
    """Revolute joints between a base frame and a tip frame.

    Attributes:
        lower, upper: limits [rad], shape (n,).
    """

    def __init__(self, model: pin.Model, joints: Sequence[str], base: str, tip: str, lower: np.ndarray, upper: np.ndarray, *,
                 position_tolerance: float, orientation_tolerance: float, enough_margin: float,
                 rotation_length: float = 0.3, max_iterations: int = 60, margin_steps: int = 24) -> None:
        """Take the chain out of a model.

        Args:
            joints: names from base to tip. lower, upper: limits [rad], shape (n,), in that order.
            enough_margin: distance to the limits [rad] beyond which more is not sought.
            rotation_length: distance [m] that an angle of 1 rad counts like on the way.

        Raises:
            ModelError: the joints aren't revolute about a frame axis, or aren't just those between base and tip.
            SolverError: more joints than c/kin_chain.h allows for.
        """
        frames = [model.frames[model.getFrameId(name)] for name in (base, tip)]
        parent, placements, axes = frames[0].parentJoint, [], []
        before = frames[0].placement.inverse()
        for name in joints:
            joint = model.getJointId(name)
            kind = model.joints[joint].shortname()
            if model.parents[joint] != parent or kind[-2:] not in _AXES:
                raise ModelError(f'chain from {base!r} to {tip!r}: joint {name!r} ({kind}) does not follow '
                                 f'{model.names[parent]!r} as a revolute joint about a frame axis')
            placements.append(before * model.jointPlacements[joint])
            axes.append(_AXES[kind[-2:]])
            before, parent = pin.SE3.Identity(), joint
        if frames[1].parentJoint != parent:
            raise ModelError(f'chain from {base!r} to {tip!r}: {tip!r} is not carried by {joints[-1]!r}')
        placements.append(frames[1].placement)
        self.lower, self.upper = np.array(lower, float), np.array(upper, float)
        self._placement = np.array([_flat(p) for p in placements])
        self._axis = np.array(axes)
        self._target, self._posture, self._pose = np.zeros(12), np.zeros(len(joints)), np.zeros(12)
        self._search = (max_iterations, margin_steps, _SEARCH_STEP)
        self._chain = _Chain(len(joints), self._placement.ctypes.data, self._axis.ctypes.data, self.lower.ctypes.data,
                             self.upper.ctypes.data)
        self._problem = _Problem(
            target=self._target.ctypes.data, rotation_length=rotation_length, position_tolerance=position_tolerance,
            orientation_tolerance=orientation_tolerance, enough_margin=enough_margin,
            posture=self._posture.ctypes.data)
        check(LIBRARY.kin_chain_forward(ctypes.byref(self._chain), *self._pointers(self._posture, self._pose)),
              f'chain from {base!r} to {tip!r}')

    @classmethod
    def of_arm(cls, robot: RobotModel, side: str, settings: KinematicsSettings) -> ArmChain:
        """Arm of a side ('l' or 'r') from the torso to the gripper frame, its limits drawn in by the joint margin."""
        arm, reach = robot.configuration.arms[side], settings.reach
        joints = robot.q_indices(arm.joints) - 7
        return cls(robot.model, arm.joints, robot.configuration.frames.torso, arm.gripper,
                   robot.lower[joints] + settings.joints.margin, robot.upper[joints] - settings.joints.margin,
                   position_tolerance=reach.position_tolerance, orientation_tolerance=reach.orientation_tolerance,
                   enough_margin=reach.enough_margin)

    def forward(self, posture: np.ndarray) -> pin.SE3:
        """Pose of the tip in the base frame at a posture [rad], shape (n,)."""
        self._posture[:] = posture
        LIBRARY.kin_chain_forward(ctypes.byref(self._chain), *self._pointers(self._posture, self._pose))
        return pin.SE3(self._pose[:9].reshape(3, 3).copy(), self._pose[9:].copy())

    def solution_at(self, posture: np.ndarray) -> ChainSolution:
        """A posture [rad], shape (n,), as where tracking starts."""
        margin = float(np.minimum(posture - self.lower, self.upper - posture).min())
        return ChainSolution(True, np.array(posture, float), margin, 0.0, 0.0, 0)

    def solve(self, target: pin.SE3, start: np.ndarray) -> ChainSolution:
        """Search from a posture [rad], shape (n,), for one that brings the tip to `target` (in the base frame), then for
        more distance to the joint limits; see c/kin_chain.h.

        Raises:
            SolverError: NaN in target or start.
        """
        self._problem.max_iterations, self._problem.margin_steps, self._problem.margin_step = self._search
        return self._solve(LIBRARY.kin_chain_solve, target, start)

    def track(self, target: pin.SE3, last: ChainSolution) -> ChainSolution:
        """Solution next to the last one for a target that moves on a little in every tick.

        It moves away from the joint limits the faster the nearer they are, by small steps that grow and shrink evenly.
        """
        missing = max(self._problem.enough_margin - last.margin, 0.0)
        self._problem.max_iterations = _TRACKING_ITERATIONS
        self._problem.margin_step = min(_TRACKING_GAIN * missing, last.self_motion + _TRACKING_RAMP)
        return self._solve(LIBRARY.kin_chain_track, target, last.posture)

    def _solve(self, search: Callable, target: pin.SE3, start: np.ndarray) -> ChainSolution:
        self._target[:], self._posture[:] = _flat(target), start
        status = search(ctypes.byref(self._chain), ctypes.byref(self._problem))
        if status not in (0, _NOT_CONVERGED):
            check(status, 'inverse kinematics of a chain')
        p = self._problem
        return ChainSolution(status == 0, self._posture.copy(), p.margin, p.position_error, p.orientation_error,
                             p.iterations, p.margin_step)

    @staticmethod
    def _pointers(*arrays: np.ndarray) -> list[ctypes.c_void_p]:
        return [ctypes.c_void_p(a.ctypes.data) for a in arrays]


def _flat(pose: pin.SE3) -> np.ndarray:
    return np.concatenate([pose.rotation.ravel(), pose.translation])
