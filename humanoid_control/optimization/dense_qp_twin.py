# SPDX-License-Identifier: Apache-2.0
"""Python twin of c/dense_qp.c: the same method in plain linear algebra, for differential tests and for reading.

Goldfarb and Idnani, Mathematical Programming 27 (1983). Where the C code updates the factors J and R from step to
step, this code computes them anew from the active normals, so that an error in an update cannot hide in both.
"""
from __future__ import annotations

import numpy as np

from humanoid_control.optimization.dense_qp import DenseQpSolution
from humanoid_control.optimization.errors import InfeasibleError, IterationLimitError, NotPositiveDefiniteError

_TOLERANCE = 1e-10


def solve(hessian: np.ndarray, gradient: np.ndarray, equality_matrix: np.ndarray, equality_target: np.ndarray,
          inequality_matrix: np.ndarray, lower: np.ndarray, upper: np.ndarray,
          max_iterations: int = 1000) -> DenseQpSolution:
    """Minimise 1/2 x'Hx + g'x subject to E x = e, lower <= C x <= upper; arguments as in DenseQp.solve.

    Raises NotPositiveDefiniteError, InfeasibleError or IterationLimitError.
    """
    try:
        factor = np.linalg.cholesky(hessian)
    except np.linalg.LinAlgError as error:
        raise NotPositiveDefiniteError(str(error)) from error
    if np.any(lower > upper):
        raise InfeasibleError('a lower bound exceeds its upper bound')
    x = -np.linalg.solve(hessian, gradient)
    rows: list[tuple[int, int]] = []      # (row of [E; C], side), the active set
    multipliers = np.zeros(0)
    equalities = len(equality_target)
    stacked = np.vstack([equality_matrix, inequality_matrix])

    def normals() -> np.ndarray:
        return np.array([side * stacked[row] for row, side in rows]).reshape(len(rows), len(x)).T

    def directions(normal: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Primal step z, dual step r, and |d2|^2 (zero when the normal depends on the active ones)."""
        q, triangle = np.linalg.qr(np.linalg.solve(factor, normals()), mode='complete')
        j = np.linalg.solve(factor.T, q)
        d = j.T @ normal
        free = d[len(rows):]
        size = free @ free
        dual = np.linalg.solve(triangle[:len(rows)], d[:len(rows)]) if rows else np.zeros(0)
        return j[:, len(rows):] @ free, dual, size if size > 1e-22 * (d @ d) else 0.0

    for row in range(equalities):
        residual = equality_matrix[row] @ x - equality_target[row]
        z, r, size = directions(equality_matrix[row])
        if size == 0.0:
            if abs(residual) > 1e-8 * (1 + abs(equality_target[row])):
                raise InfeasibleError(f'equality row {row} contradicts the others')
            continue
        length = -residual / size
        x = x + length * z
        multipliers = np.append(multipliers - length * r, length)
        rows.append((row, 1))
    fixed = len(rows)
    norms = np.linalg.norm(inequality_matrix, axis=1)
    norms[norms == 0.0] = 1.0
    for iteration in range(max_iterations):
        values = inequality_matrix @ x
        slack = np.concatenate([(values - lower) / norms, (upper - values) / norms])
        for row, _ in rows[fixed:]:
            slack[[row - equalities, row - equalities + len(lower)]] = np.inf
        worst = int(np.argmin(slack)) if slack.size else -1
        if worst < 0 or slack[worst] >= -_TOLERANCE * max(1.0, np.abs(x).max()):
            lam = np.zeros(len(lower))
            mu = np.zeros(equalities)
            for (row, side), value in zip(rows, multipliers):
                if row < equalities:
                    mu[row] = value
                else:
                    lam[row - equalities] = side * value
            return DenseQpSolution(x, mu, lam, iteration, len(rows))
        side = 1 if worst < len(lower) else -1
        entering = worst % len(lower)
        normal = side * inequality_matrix[entering]
        bound = lower[entering] if side > 0 else -upper[entering]
        entered = 0.0
        while True:
            z, r, size = directions(normal)
            limits = np.full(len(rows), np.inf)
            candidates = [j for j in range(fixed, len(rows)) if r[j] > 1e-13]
            limits[candidates] = multipliers[candidates] / r[candidates]
            dual_length = limits.min() if len(limits) else np.inf
            full_length = -(normal @ x - bound) / size if size > 0 else np.inf
            length = min(dual_length, full_length)
            if not np.isfinite(length):
                raise InfeasibleError(f'inequality row {entering} contradicts the others')
            multipliers = multipliers - length * r
            entered += length
            if size > 0:
                x = x + length * z
            if full_length <= dual_length:
                rows.append((equalities + entering, side))
                multipliers = np.append(multipliers, entered)
                break
            leaving = int(np.argmin(limits))
            del rows[leaving]
            multipliers = np.delete(multipliers, leaving)
    raise IterationLimitError(f'{max_iterations} iterations did not suffice')
