# SPDX-License-Identifier: Apache-2.0
"""The bounded least-squares solver in plain numpy: slow, short, for comparing with the C code."""
from __future__ import annotations

import numpy as np

from humanoid_control.kinematics.errors import SolverError


def solve(jacobian: np.ndarray, task_error: np.ndarray, task_weight: np.ndarray, diagonal: np.ndarray,
          diagonal_target: np.ndarray, lower: np.ndarray, upper: np.ndarray, constraint: np.ndarray,
          constraint_bound: np.ndarray, constraint_softness: np.ndarray, *, tolerance: float = 1e-9,
          max_iterations: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Solve the problem of `BoundedLeastSquares` (same arrays, same shapes) from the empty active set.

    Dual method of Goldfarb and Idnani (Math. Programming 27, 1983) with every inequality written as N x >= b and a
    compliance c that lets a row give way by c times its multiplier.

    Returns:
        x, shape (n,), and the multipliers of [lower bounds, upper bounds, rows], shape (2 n + rows,).

    Raises:
        SolverError: hard rows contradict the bounds (5), or iteration limit (6).
    """
    n = len(diagonal)
    normal = np.vstack([np.eye(n), -np.eye(n), constraint])
    bound = np.concatenate([lower, -upper, constraint_bound])
    compliance = np.concatenate([np.zeros(2 * n), constraint_softness])
    hessian = jacobian.T @ (task_weight[:, None] * jacobian) + np.diag(diagonal)
    gradient = jacobian.T @ (task_weight * task_error) + diagonal * diagonal_target
    inverse = np.linalg.inv(hessian)
    x = inverse @ gradient
    active: list[int] = []
    multiplier = np.zeros(2 * n + len(constraint))
    steps = 0
    while True:
        missing = bound - normal @ x
        missing[active] = -np.inf
        new = int(np.argmax(missing))
        if missing[new] <= tolerance:
            return x, multiplier
        while new not in active:
            steps += 1
            if steps > max_iterations:
                raise SolverError(6, 'no solution within the iteration limit')
            rows = normal[active]
            gram = rows @ inverse @ rows.T + np.diag(compliance[active])
            rate = np.linalg.solve(gram, rows @ inverse @ normal[new]) if active else np.zeros(0)
            direction = inverse @ (normal[new] - rows.T @ rate)
            slope = normal[new] @ direction + compliance[new]
            falling = [(multiplier[a] / r, a) for a, r in zip(active, rate) if r > 1e-12]
            dual_step, leaving = min(falling, default=(np.inf, -1))
            dependent = slope <= 1e-11 * (normal[new] @ inverse @ normal[new])
            gap = bound[new] - normal[new] @ x - compliance[new] * multiplier[new]
            full_step = np.inf if dependent else gap / slope
            if dependent and leaving < 0:
                raise SolverError(5, 'hard constraint rows contradict the bounds')
            step = min(full_step, dual_step)
            if not dependent:
                x = x + step * direction
            multiplier[active] -= step * rate
            multiplier[new] += step
            if full_step <= dual_step:
                active.append(new)
            else:
                multiplier[leaving] = 0.0
                active.remove(leaving)
