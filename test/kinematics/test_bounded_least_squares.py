# SPDX-License-Identifier: Apache-2.0
"""The C solver against the conditions of optimality, its Python twin, and DAQP."""
from __future__ import annotations

import ctypes

import daqp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.kinematics import bounded_least_squares_twin as twin
from humanoid_control.kinematics.bounded_least_squares import BoundedLeastSquares
from humanoid_control.kinematics.errors import SolverError

FREE = 6  # variables without bounds, as those of the base


def fill(problem: BoundedLeastSquares, rng: np.random.Generator, tightness: float) -> None:
    """Random problem with sparse rows, weights over four decades, and bounds about `tightness` from 0."""
    shape = problem.jacobian.shape
    problem.jacobian[:] = rng.normal(size=shape) * (rng.random(shape) < 0.6)
    problem.task_error[:] = rng.normal(size=shape[0])
    problem.task_weight[:] = 10 ** rng.uniform(-1, 3, shape[0]) * (rng.random(shape[0]) < 0.9)
    problem.diagonal[:] = 10 ** rng.uniform(-6, -2, shape[1])
    problem.diagonal_target[:] = 0.1 * rng.normal(size=shape[1])
    problem.lower[:], problem.upper[:] = -tightness * rng.random(shape[1]), tightness * rng.random(shape[1])
    problem.lower[:FREE], problem.upper[:FREE] = -np.inf, np.inf
    rows = len(problem.constraint)
    problem.constraint[:] = rng.normal(size=problem.constraint.shape)
    problem.constraint_bound[:] = 0.3 * rng.normal(size=rows)
    problem.constraint_softness[:] = 10 ** rng.uniform(-6, 0, rows)


def data_of(problem: BoundedLeastSquares) -> tuple[np.ndarray, ...]:
    """Arguments of the twin."""
    return (problem.jacobian, problem.task_error, problem.task_weight, problem.diagonal, problem.diagonal_target, problem.lower,
            problem.upper, problem.constraint, problem.constraint_bound, problem.constraint_softness)


def quadratic(problem: BoundedLeastSquares) -> tuple[np.ndarray, np.ndarray]:
    """H and g of the cost 1/2 x'Hx - g'x."""
    weighed = problem.task_weight[:, None] * problem.jacobian
    return (problem.jacobian.T @ weighed + np.diag(problem.diagonal),
            weighed.T @ problem.task_error + problem.diagonal * problem.diagonal_target)


def kkt_residual(problem: BoundedLeastSquares) -> float:
    """Largest violation of the Karush-Kuhn-Tucker conditions, stationarity relative to the gradient."""
    hessian, gradient = quadratic(problem)
    x, bound, row = problem.solution, problem.bound_multiplier, problem.constraint_multiplier
    stationarity = hessian @ x - gradient - bound - problem.constraint.T @ row
    slack = problem.constraint @ x + problem.constraint_softness * row - problem.constraint_bound
    at_lower, at_upper = np.maximum(bound, 0), np.maximum(-bound, 0)
    finite_lower, finite_upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    size = 1 + np.abs(gradient).max()
    return max(np.abs(stationarity).max() / size, np.maximum(problem.lower - x, 0).max(), np.maximum(x - problem.upper, 0).max(),
               np.maximum(-slack, 0).max(initial=0), np.maximum(-row, 0).max(initial=0) / size,
               np.abs(at_lower * np.where(finite_lower, x - problem.lower, 1)).max() / size,
               np.abs(at_upper * np.where(finite_upper, problem.upper - x, 1)).max() / size,
               np.abs(row * slack).max(initial=0) / size)


@pytest.mark.parametrize(('variables', 'tasks', 'rows'), [(37, 33, 6), (37, 33, 0), (8, 3, 4), (64, 70, 12), (7, 0, 1)])
def test_solutions_of_random_problems_are_optimal(variables, tasks, rows):
    problem = BoundedLeastSquares(variables, tasks, rows)
    rng = np.random.default_rng(variables)
    for index in range(200):
        fill(problem, rng, tightness=10 ** rng.uniform(-2, 1))
        problem.solve(warm_start=index % 2 == 1)
        assert kkt_residual(problem) < 1e-7, f'problem {index}'


def test_c_code_and_python_twin_agree():
    problem = BoundedLeastSquares(20, 15, 4)
    rng = np.random.default_rng(5)
    for index in range(100):
        fill(problem, rng, tightness=0.5)
        expected, multiplier = twin.solve(*data_of(problem))
        np.testing.assert_allclose(problem.solve(), expected, atol=1e-6, err_msg=f'problem {index}')
        np.testing.assert_allclose(problem.constraint_multiplier, multiplier[40:], atol=1e-5 * (1 + multiplier.max()))


def test_c_code_and_daqp_agree():
    problem = BoundedLeastSquares(30, 30, 0)
    rng = np.random.default_rng(6)
    for index in range(100):
        fill(problem, rng, tightness=0.5)
        hessian, gradient = quadratic(problem)
        lower, upper = np.maximum(problem.lower, -1e4), np.minimum(problem.upper, 1e4)
        oracle, _, flag, _ = daqp.solve(hessian, -gradient, np.zeros((0, 30)), upper, lower, np.zeros(30, ctypes.c_int))
        assert flag == 1
        np.testing.assert_allclose(problem.solve(), oracle, atol=1e-5, err_msg=f'problem {index}')


def test_hard_rows_are_kept():
    problem = BoundedLeastSquares(12, 12, 3)
    rng = np.random.default_rng(7)
    for _ in range(50):
        fill(problem, rng, tightness=1.0)
        problem.constraint_softness[:] = 0.0
        middle = (problem.lower[FREE:] + problem.upper[FREE:]) / 2
        problem.constraint_bound[:] = problem.constraint[:, FREE:] @ middle - 0.1
        problem.solve()
        assert (problem.constraint @ problem.solution >= problem.constraint_bound - 1e-8).all()
        assert kkt_residual(problem) < 1e-7


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), tightness=st.floats(1e-3, 10.0))
def test_a_warm_start_changes_the_way_and_not_the_answer(seed, tightness):
    rng = np.random.default_rng(seed)
    problem = BoundedLeastSquares(15, 10, 3)
    fill(problem, rng, tightness)
    problem.solve()
    problem.task_error += 0.05 * rng.normal(size=10)
    warm = problem.solve(warm_start=True).copy()
    cold = problem.solve(warm_start=False)
    np.testing.assert_allclose(warm, cold, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_fixed_variables_stay_where_their_bounds_meet(seed):
    rng = np.random.default_rng(seed)
    problem = BoundedLeastSquares(10, 8, 0)
    fill(problem, rng, 1.0)
    problem.lower[7] = problem.upper[7] = 0.25
    assert problem.solve()[7] == 0.25
    assert kkt_residual(problem) < 1e-7


def test_a_repeated_problem_needs_no_steps():
    problem = BoundedLeastSquares(37, 33, 6)
    fill(problem, np.random.default_rng(8), 0.3)
    problem.solve()
    assert problem.active > 5
    problem.solve()
    assert problem.iterations == 0


def test_rows_without_weight_count_for_nothing():
    problem = BoundedLeastSquares(10, 6, 0)
    fill(problem, np.random.default_rng(9), 1.0)
    problem.task_weight[2] = 0.0
    expected = problem.solve().copy()
    problem.jacobian[2], problem.task_error[2] = 1e6, np.nan
    np.testing.assert_array_equal(problem.solve(), expected)


@pytest.mark.parametrize(('field', 'value', 'status'), [
    ('jacobian', np.nan, 2), ('task_error', np.inf, 2), ('lower', np.nan, 2), ('constraint_bound', np.nan, 2),
    ('constraint_softness', -1.0, 2), ('lower', 100.0, 4)])
def test_bad_input_is_named_and_leaves_the_solution_alone(field, value, status):
    problem = BoundedLeastSquares(10, 6, 2)
    fill(problem, np.random.default_rng(10), 1.0)
    problem.task_weight[:] = 1.0
    expected = problem.solve().copy()
    getattr(problem, field)[-1] = value
    with pytest.raises(SolverError) as caught:
        problem.solve()
    assert caught.value.status == status
    np.testing.assert_array_equal(problem.solution, expected)


def test_a_variable_without_any_weight_is_refused():
    problem = BoundedLeastSquares(4, 0, 0)
    problem.diagonal[2] = 0.0
    with pytest.raises(SolverError, match='positive diagonal weight'):
        problem.solve()


def test_hard_rows_against_the_bounds_are_infeasible():
    problem = BoundedLeastSquares(3, 0, 1)
    problem.lower[:], problem.upper[:] = -1.0, 1.0
    problem.constraint[0], problem.constraint_bound[0] = 1.0, 4.0
    with pytest.raises(SolverError, match='contradict') as caught:
        problem.solve()
    assert caught.value.status == 5
    problem.constraint_softness[0] = 1e-6
    np.testing.assert_allclose(problem.solve(), 1.0)


def test_impossible_sizes_are_refused():
    for sizes in ((0, 1, 1), (513, 1, 1), (5, -1, 0), (5, 1, 513)):
        with pytest.raises(ValueError, match='sizes out of range'):
            BoundedLeastSquares(*sizes)
