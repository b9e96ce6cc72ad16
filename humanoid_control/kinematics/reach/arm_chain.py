# SPDX-License-Identifier: Apache-2.0
"""Binding of the serial-chain inverse kinematics in C."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.native_library import LIBRARY, check
from humanoid_control.model import ModelError

_NOT_CONVERGED = 7
_AXES = {'RX': np.array([1.0, 0.0, 0.0]), 'RY': np.array([0.0, 1.0, 0.0]), 'RZ': np.array([0.0, 0.0, 1.0])}


class _Chain(ctypes.Structure):
    """kin_chain of c/kin_chain.h."""

    _fields_ = [('joints', ctypes.c_int), ('placement', ctypes.c_void_p), ('axis', ctypes.c_void_p),
                ('lower', ctypes.c_void_p), ('upper', ctypes.c_void_p)]


class _Problem(ctypes.Structure):
    """kin_chain_problem of c/kin_chain.h."""

    _fields_ = [('target', ctypes.c_void_p), ('rotation_length', ctypes.c_double), ('position_tolerance', ctypes.c_double),
                ('orientation_tolerance', ctypes.c_double), ('max_iterations', ctypes.c_int), ('margin_steps', ctypes.c_int), ('enough_margin', ctypes.c_double),
                ('posture', ctypes.c_void_p), ('position_error', ctypes.c_double), ('orientation_error', ctypes.c_double),
                ('margin', ctypes.c_double), ('iterations', ctypes.c_int)]


@dataclass(frozen=True)
class ChainSolution:
    """Where a search ended; see ReachResult for the fields. `iterations`: of both parts of the search."""

    converged: bool
    posture: np.ndarray
    margin: float
    position_error: float
    orientation_error: float
    iterations: int


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
        self._chain = _Chain(len(joints), self._placement.ctypes.data, self._axis.ctypes.data, self.lower.ctypes.data,
                             self.upper.ctypes.data)
        self._problem = _Problem(
            target=self._target.ctypes.data, rotation_length=rotation_length, position_tolerance=position_tolerance,
            orientation_tolerance=orientation_tolerance, max_iterations=max_iterations, margin_steps=margin_steps,
            enough_margin=enough_margin,
            posture=self._posture.ctypes.data)
        check(LIBRARY.kin_chain_forward(ctypes.byref(self._chain), *self._pointers(self._posture, self._pose)),
              f'chain from {base!r} to {tip!r}')

    def forward(self, posture: np.ndarray) -> pin.SE3:
        """Pose of the tip in the base frame at a posture [rad], shape (n,)."""
        self._posture[:] = posture
        LIBRARY.kin_chain_forward(ctypes.byref(self._chain), *self._pointers(self._posture, self._pose))
        return pin.SE3(self._pose[:9].reshape(3, 3).copy(), self._pose[9:].copy())

    def solve(self, target: pin.SE3, start: np.ndarray) -> ChainSolution:
        """Search from a posture [rad], shape (n,), for one that brings the tip to `target` (in the base frame), then for
        more distance to the joint limits; see c/kin_chain.h.

        Raises:
            SolverError: NaN in target or start.
        """
        self._target[:], self._posture[:] = _flat(target), start
        status = LIBRARY.kin_chain_solve(ctypes.byref(self._chain), ctypes.byref(self._problem))
        if status not in (0, _NOT_CONVERGED):
            check(status, 'inverse kinematics of a chain')
        p = self._problem
        return ChainSolution(status == 0, self._posture.copy(), p.margin, p.position_error, p.orientation_error, p.iterations)

    @staticmethod
    def _pointers(*arrays: np.ndarray) -> list[ctypes.c_void_p]:
        return [ctypes.c_void_p(a.ctypes.data) for a in arrays]


def _flat(pose: pin.SE3) -> np.ndarray:
    return np.concatenate([pose.rotation.ravel(), pose.translation])
