# SPDX-License-Identifier: Apache-2.0
"""The C solver against the optimality conditions, its Python twin and DAQP."""
from __future__ import annotations

import ctypes

import daqp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_problems import Problem, kkt_residuals, random_problem

from humanoid_control.optimization import (
    DenseQp,
    InfeasibleError,
    IterationLimitError,
    NotPositiveDefiniteError,
    ProblemSizeError,
    ProblemValueError,
    dense_qp_twin,
)


@pytest.fixture(scope='module')
def solver() -> DenseQp:
    return DenseQp(max_variables=40, max_inequalities=90)


def test_kkt_conditions_hold_on_1000_random_problems(solver: DenseQp) -> None:
    rng = np.random.default_rng(1)
    worst = dict.fromkeys(('stationarity', 'primal', 'dual', 'complementarity'), 0.0)
    for _ in range(1000):
        problem = random_problem(rng)
        for name, value in kkt_residuals(problem, solver.solve(*problem)).items():
            worst[name] = max(worst[name], value)
    assert max(worst.values()) < 1e-8, worst


def cost(p: Problem, x: np.ndarray) -> float:
    return float(0.5 * x @ p.hessian @ x + p.gradient @ x)


def test_minimiser_equals_that_of_daqp(solver: DenseQp) -> None:
    rng = np.random.default_rng(2)
    for number in range(200):
        p = random_problem(rng)
        bounds_upper = np.concatenate([p.equality_target, p.upper])
        bounds_lower = np.concatenate([p.equality_target, np.maximum(p.lower, -1e30)])
        sense = np.concatenate([np.full(len(p.equality_target), 5), np.zeros(len(p.lower))]).astype(ctypes.c_int)
        x, _, flag, _ = daqp.solve(p.hessian, p.gradient, np.vstack([p.equality_matrix, p.inequality_matrix]),
                                   bounds_upper, bounds_lower, sense, primal_tol=1e-9, dual_tol=1e-12)
        assert flag == 1, f'problem {number}: DAQP exit flag {flag}'
        ours = solver.solve(*p).x
        assert abs(cost(p, ours) - cost(p, x)) <= 1e-6 * (1 + abs(cost(p, ours))), f'problem {number}'
        np.testing.assert_allclose(ours, x, atol=1e-5 * (1 + np.abs(ours).max()), err_msg=f'problem {number}')


def test_python_twin_gives_the_same_minimiser_and_multipliers(solver: DenseQp) -> None:
    rng = np.random.default_rng(3)
    for number in range(100):
        p = random_problem(rng)
        ours, twin = solver.solve(*p), dense_qp_twin.solve(*p)
        scale = 1 + np.abs(twin.x).max()
        np.testing.assert_allclose(ours.x, twin.x, atol=1e-7 * scale, err_msg=f'problem {number}')
        np.testing.assert_allclose(ours.inequality_multipliers, twin.inequality_multipliers,
                                   atol=1e-6 * (1 + np.abs(twin.inequality_multipliers).max(initial=0)))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), shift=st.floats(-1e3, 1e3), scale=st.floats(1e-3, 1e3))
def test_minimiser_does_not_depend_on_scaling_the_cost(seed: int, shift: float, scale: float) -> None:
    solver = DenseQp(20, 40)
    p = random_problem(np.random.default_rng(seed), 20, 40)
    p = p._replace(gradient=p.gradient + shift)
    first, second = solver.solve(*p), solver.solve(p.hessian * scale, p.gradient * scale, *p[2:])
    np.testing.assert_allclose(first.x, second.x, atol=1e-6 * (1 + np.abs(first.x).max()))
    np.testing.assert_allclose(first.inequality_multipliers * scale, second.inequality_multipliers,
                               atol=1e-5 * scale * (1 + np.abs(first.inequality_multipliers).max(initial=0)))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_row_order_and_row_scaling_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    solver = DenseQp(20, 40)
    p = random_problem(rng, 20, 40)
    order, factor = rng.permutation(len(p.lower)), 10.0 ** rng.uniform(-2, 2, len(p.lower))
    shuffled = p._replace(inequality_matrix=(p.inequality_matrix * factor[:, None])[order],
                          lower=np.where(p.lower > -1e19, p.lower * factor, p.lower)[order],
                          upper=np.where(p.upper < 1e19, p.upper * factor, p.upper)[order])
    first, second = solver.solve(*p), solver.solve(*shuffled)
    np.testing.assert_allclose(first.x, second.x, atol=1e-6 * (1 + np.abs(first.x).max()))


def test_opposite_rows_and_repeated_equalities_are_solved(solver: DenseQp) -> None:
    row = np.array([[1.0, 2.0, -1.0]])
    solution = solver.solve(np.eye(3), [1.0, -4.0, 2.0], np.vstack([row, 2 * row]), [1.0, 2.0],
                            np.vstack([np.eye(3), -np.eye(3)]), np.full(6, -1.0), np.full(6, 1.0))
    assert abs((row @ solution.x)[0] - 1.0) < 1e-9
    assert np.abs(solution.x).max() <= 1 + 1e-9


def test_equal_bounds_act_as_an_equality(solver: DenseQp) -> None:
    solution = solver.solve(np.eye(2), [0.0, 0.0], None, None, [[1.0, 1.0]], [3.0], [3.0])
    np.testing.assert_allclose(solution.x, [1.5, 1.5], atol=1e-12)


def test_no_constraints_gives_newton_step(solver: DenseQp) -> None:
    h = np.array([[4.0, 1.0], [1.0, 3.0]])
    np.testing.assert_allclose(solver.solve(h, [1.0, 2.0]).x, -np.linalg.solve(h, [1.0, 2.0]), atol=1e-14)


def test_infeasible_rows_are_named(solver: DenseQp) -> None:
    with pytest.raises(InfeasibleError, match='2 variables, 0 equalities and 2 inequalities: infeasible'):
        solver.solve(np.eye(2), [0.0, 0.0], None, None, [[1.0, 0.0], [1.0, 0.0]], [1.0, -np.inf], [np.inf, 0.5])
    with pytest.raises(InfeasibleError):
        solver.solve(np.eye(2), [0.0, 0.0], [[1.0, 0.0], [2.0, 0.0]], [1.0, 3.0])
    with pytest.raises(InfeasibleError):
        solver.solve(np.eye(2), [0.0, 0.0], None, None, [[0.0, 0.0]], [1.0], [2.0])


def test_indefinite_hessian_is_named(solver: DenseQp) -> None:
    with pytest.raises(NotPositiveDefiniteError):
        solver.solve(np.diag([1.0, -1.0]), [0.0, 0.0])


def test_iteration_limit_is_named() -> None:
    p = random_problem(np.random.default_rng(5))
    with pytest.raises(IterationLimitError):
        DenseQp(40, 90, max_iterations=1).solve(*p)


@pytest.mark.parametrize('field', Problem._fields)
def test_nan_is_refused_in_every_input(solver: DenseQp, field: str) -> None:
    p = random_problem(np.random.default_rng(6))
    broken = np.array(getattr(p, field))
    broken.flat[0] = np.nan
    with pytest.raises(ProblemValueError):
        solver.solve(*p._replace(**{field: broken}))


def test_wrong_shapes_are_named(solver: DenseQp) -> None:
    with pytest.raises(ProblemSizeError, match=r'hessian: shape \(2, 3\) given, expected \(2, 2\)'):
        solver.solve(np.zeros((2, 3)), [0.0, 0.0])
    with pytest.raises(ProblemSizeError, match=r'lower: shape \(1,\) given, expected \(2,\)'):
        solver.solve(np.eye(2), [0.0, 0.0], None, None, np.eye(2), [0.0], [1.0, 1.0])
    with pytest.raises(ProblemSizeError, match='does not fit into the workspace'):
        DenseQp(2, 1).solve(np.eye(3), np.zeros(3))
    with pytest.raises(ProblemSizeError, match='max_variables'):
        DenseQp(0, 1)
