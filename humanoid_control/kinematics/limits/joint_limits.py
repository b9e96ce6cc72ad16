# SPDX-License-Identifier: Apache-2.0
"""Position, velocity and acceleration limits of the joints."""
from __future__ import annotations

import ctypes

import numpy as np

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.native_library import LIBRARY, check


class JointLimits:
    """Box for the next step from which all limits can be kept for ever (see kin_step_bounds in c/).

    Attributes:
        lower, upper: positions [rad], shape (joints,).
        velocity: [rad/s], shape (joints,).
        acceleration: [rad/s^2], shape (joints,).
    """

    def __init__(self, lower: np.ndarray, upper: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray) -> None:
        """Raises ValueError unless lower < upper and both rates are positive."""
        arrays = [np.ascontiguousarray(a, float) for a in (lower, upper, velocity, acceleration)]
        self.lower, self.upper, self.velocity, self.acceleration = arrays
        if any(a.shape != self.lower.shape or a.ndim != 1 for a in arrays):
            raise ValueError(f'limits differ in shape: {[a.shape for a in arrays]}')
        if not ((self.lower < self.upper).all() and (self.velocity > 0).all() and (self.acceleration > 0).all()):
            raise ValueError('limits: expected lower < upper, velocity > 0 and acceleration > 0 for every joint')
        self._position, self._rate = np.zeros(len(self.lower)), np.zeros(len(self.lower))

    def bind(self, lower: np.ndarray, upper: np.ndarray) -> None:
        """Take over the solver's bounds, shape (nv,); the last entries are the joints, the others stay free."""
        count = len(self.lower)
        lower[:-count], upper[:-count] = -np.inf, np.inf
        arrays = (self._position, self._rate, self.lower, self.upper, self.velocity, self.acceleration,
                  lower[-count:], upper[-count:])
        self._bounds = arrays[-2:]  # keeps the solver's memory alive
        self._pointers = [ctypes.c_void_p(a.ctypes.data) for a in arrays]

    def update(self, state: KinematicState, dt: float) -> None:
        """Write the bounds [rad] of a step of dt [s]; raises SolverError for NaN."""
        count = len(self.lower)
        self._position[:], self._rate[:] = state.joints, state.v[-count:]
        check(LIBRARY.kin_step_bounds(count, ctypes.c_double(dt), *self._pointers), 'joint limits')

    def violation(self, position: np.ndarray) -> np.ndarray:
        """How far [rad] positions, shape (joints,), lie outside the limits; 0 inside."""
        return np.maximum(np.maximum(self.lower - position, position - self.upper), 0.0)
