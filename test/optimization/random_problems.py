# SPDX-License-Identifier: Apache-2.0
"""Random quadratic programs that are feasible by construction, and the conditions that a solution must meet."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from humanoid_control.optimization import DenseQpSolution


class Problem(NamedTuple):
    """Arguments of DenseQp.solve."""

    hessian: np.ndarray
    gradient: np.ndarray
    equality_matrix: np.ndarray
    equality_target: np.ndarray
    inequality_matrix: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def random_problem(rng: np.random.Generator, max_variables: int = 40, max_inequalities: int = 90) -> Problem:
    """A strictly convex problem with a known feasible point; about a third of the bounds are absent."""
    n = int(rng.integers(1, max_variables + 1))
    equalities = int(rng.integers(0, n // 2 + 1))
    inequalities = int(rng.integers(0, max_inequalities + 1))
    root = rng.normal(size=(n, n))
    point = rng.normal(size=n)
    e = rng.normal(size=(equalities, n))
    c = rng.normal(size=(inequalities, n)) * 10.0 ** rng.uniform(-2, 2, size=(inequalities, 1))
    width = np.linalg.norm(c, axis=1)
    lower = c @ point - width * rng.uniform(0.01, 1.0, inequalities)
    upper = c @ point + width * rng.uniform(0.01, 1.0, inequalities)
    lower[rng.random(inequalities) < 0.33] = -np.inf
    upper[rng.random(inequalities) < 0.33] = 1e20
    return Problem(root @ root.T + 10.0 ** rng.uniform(-3, 1) * np.eye(n), rng.normal(size=n) * 10.0 ** rng.uniform(-1, 3),
                   e, e @ point, c, lower, upper)


def kkt_residuals(p: Problem, s: DenseQpSolution) -> dict[str, float]:
    """Stationarity, primal, dual and complementarity residuals, relative to the size of their terms."""
    stationarity = (p.hessian @ s.x + p.gradient - p.equality_matrix.T @ s.equality_multipliers
                    - p.inequality_matrix.T @ s.inequality_multipliers)
    force = 1 + np.abs(p.gradient).max() + np.abs(p.hessian @ s.x).max()
    size = 1 + np.abs(s.x).max()
    values = p.inequality_matrix @ s.x
    norms = np.linalg.norm(p.inequality_matrix, axis=1)
    norms[norms == 0] = 1.0
    below, above = np.maximum(p.lower - values, 0) / norms, np.maximum(values - p.upper, 0) / norms
    at_lower, at_upper = s.inequality_multipliers > 0, s.inequality_multipliers < 0
    gap = np.where(at_lower, values - np.maximum(p.lower, -1e30), 0) + np.where(at_upper, values - np.minimum(p.upper, 1e30), 0)
    absent = (at_lower & (p.lower <= -1e20)) | (at_upper & (p.upper >= 1e20))
    return {
        'stationarity': float(np.abs(stationarity).max() / force),
        'primal': float(max([0.0, *(below / size), *(above / size),
                             *(np.abs(p.equality_matrix @ s.x - p.equality_target) / size)])),
        'dual': float(absent.any()),
        'complementarity': float(max([0.0, *(np.abs(gap) / norms / size)])),
    }
