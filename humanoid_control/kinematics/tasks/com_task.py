# SPDX-License-Identifier: Apache-2.0
"""Position of the centre of mass."""
from __future__ import annotations

import numpy as np

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.tasks.recovery import Recovery
from humanoid_control.kinematics.tasks.task import Task


class ComTask(Task):
    """Brings the centre of mass to a point in the world and follows the point's motion without lag."""

    def __init__(self, cost: float, recovery: Recovery | None = None) -> None:
        """Cost in [1/m]."""
        super().__init__(np.full(3, cost))
        self._recovery = recovery or Recovery()
        self.target = self._previous = np.zeros(3)

    def reset(self, target: np.ndarray) -> None:
        """Aim at a point [m], shape (3,), that has not moved before."""
        self.target = self._previous = np.array(target, float)

    def move_target(self, target: np.ndarray) -> None:
        """Aim at the point [m] that the target has moved to since the last tick."""
        self.target = target

    def update(self, state: KinematicState, dt: float) -> None:
        """Write Jacobian and step; see Task."""
        motion = self.target - self._previous
        self.step[:] = motion + self._recovery.limit(self._previous - state.com, dt)
        self.jacobian[:] = state.com_jacobian
        self._previous = self.target
