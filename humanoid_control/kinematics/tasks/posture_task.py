# SPDX-License-Identifier: Apache-2.0
"""Posture of the joints."""
from __future__ import annotations

import numpy as np

from humanoid_control.kinematics.kinematic_state import KinematicState


class PostureTask:
    """Draws joints towards reference positions where the other tasks leave them free.

    Its rows are unit vectors, so that it adds to the diagonal of the problem only.

    Attributes:
        cost: shape (joints,) [1/rad].
        target: reference positions [rad], shape (joints,).
        motion: velocity of the reference [rad/s], shape (joints,).
    """

    def __init__(self, cost: np.ndarray, rate: float, damping: float) -> None:
        """`rate` [1/s] of approach to the reference; `damping` [1/m^2, 1/rad^2] keeps every variable's weight positive."""
        self.cost = np.array(cost, float)
        if not ((self.cost >= 0.0).all() and rate >= 0.0 and damping > 0.0):
            raise ValueError(f'expected cost >= 0, rate >= 0, damping > 0; got {cost}, {rate}, {damping}')
        self._rate, self._damping = rate, damping
        self.target, self.motion = np.zeros(len(self.cost)), np.zeros(len(self.cost))

    def bind(self, diagonal: np.ndarray, diagonal_target: np.ndarray) -> None:
        """Take over the solver's diagonal, both of shape (nv,); the last entries are the joints."""
        diagonal[:], diagonal_target[:] = self._damping, 0.0
        self._weight, self._step = diagonal[-len(self.cost):], diagonal_target[-len(self.cost):]
        self._weigh()

    def set_cost(self, joints: np.ndarray, cost: float) -> None:
        """Change the cost [1/rad] of some joints, given by index."""
        self.cost[joints] = cost
        self._weigh()

    def update(self, state: KinematicState, dt: float) -> None:
        """Write the step [rad] of a tick of dt [s]."""
        lag = self.target - state.joints
        self._step[:] = self._share * (self.motion * dt + min(1.0, self._rate * dt) * lag)

    def _weigh(self) -> None:
        self._weight[:] = self.cost ** 2 + self._damping
        self._share = self.cost ** 2 / self._weight
