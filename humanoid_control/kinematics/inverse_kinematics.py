# SPDX-License-Identifier: Apache-2.0
"""One step of differential inverse kinematics: tasks and limits into one bounded least-squares problem."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from humanoid_control.kinematics.bounded_least_squares import BoundedLeastSquares
from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.limits import JointLimits, SelfCollision
from humanoid_control.kinematics.tasks import PostureTask, Task


class InverseKinematics:
    """Moves a KinematicState so that its tasks are met as well as weights and limits allow.

    Attributes:
        solver: the problem of the last step.
    """

    def __init__(self, variables: int, tasks: Sequence[Task], posture: PostureTask, joint_limits: JointLimits,
                 self_collision: SelfCollision | None = None, *, collision_softness: float = 1e-6) -> None:
        """`variables`: nv of the model; `collision_softness`: how far [m] a distance row gives way per unit multiplier,
        so that a step exists even where limits forbid moving apart."""
        self._tasks, self._posture = tuple(tasks), posture
        self._joint_limits, self._self_collision = joint_limits, self_collision
        rows = sum(task.rows for task in self._tasks)
        constraints = self_collision.rows if self_collision else 0
        self.solver = BoundedLeastSquares(variables, rows, constraints)
        start = 0
        for task in self._tasks:
            part = slice(start, start + task.rows)
            task.bind(self.solver.jacobian[part], self.solver.task_error[part], self.solver.task_weight[part])
            start += task.rows
        posture.bind(self.solver.diagonal, self.solver.diagonal_target)
        joint_limits.bind(self.solver.lower, self.solver.upper)
        if self_collision:
            self_collision.bind(self.solver.constraint, self.solver.constraint_bound, self.solver.constraint_multiplier)
            self.solver.constraint_softness[:] = collision_softness

    def step(self, state: KinematicState, dt: float) -> np.ndarray:
        """Move `state` by one tick of dt [s].

        Returns:
            The step, shape (nv,) [m, rad]; valid until the next call.

        Raises:
            SolverError: NaN in a target or in the state. The state is then unchanged.
        """
        for task in self._tasks:
            if task.active:
                task.update(state, dt)
        self._posture.update(state, dt)
        self._joint_limits.update(state, dt)
        rows = self._self_collision.update(state, dt) if self._self_collision else 0
        step = self.solver.solve(rows)
        state.move(step, dt)
        return step
