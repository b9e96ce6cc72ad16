# SPDX-License-Identifier: Apache-2.0
"""What every task has."""
from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from humanoid_control.kinematics.kinematic_state import KinematicState


class Task(ABC):
    """Asks that J dq = step, weighed by the square of its cost.

    A task writes its rows straight into the solver's arrays, which `bind` hands over.

    Attributes:
        cost: shape (rows,), in 1/m or 1/rad: an error of 1/cost costs 1/2.
    """

    def __init__(self, cost: np.ndarray) -> None:
        """Raises ValueError for costs that are negative or not finite."""
        self.cost = np.asarray(cost, float)
        if self.cost.ndim != 1 or not (np.isfinite(self.cost).all() and (self.cost >= 0.0).all()):
            raise ValueError(f'cost: expected finite numbers >= 0, got {cost}')
        self._active = True

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.cost)

    def bind(self, jacobian: np.ndarray, step: np.ndarray, weight: np.ndarray) -> None:
        """Take over the views to write to: shapes (rows, nv), (rows,), (rows,)."""
        self.jacobian, self.step, self.weight = jacobian, step, weight
        self.active = self._active

    @property
    def active(self) -> bool:
        """Whether the task takes part."""
        return self._active

    @active.setter
    def active(self, value: bool) -> None:
        self._active = value
        self.weight[:] = self.cost ** 2 if value else 0.0

    @abstractmethod
    def update(self, state: KinematicState, dt: float) -> None:
        """Write Jacobian and step for a tick of dt [s]."""
