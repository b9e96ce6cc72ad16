# SPDX-License-Identifier: Apache-2.0
"""Binding of c/dense_qp.h: dense, strictly convex quadratic programs."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from humanoid_control.native import load_library
from humanoid_control.optimization.errors import (
    InfeasibleError,
    IterationLimitError,
    NotPositiveDefiniteError,
    ProblemSizeError,
    ProblemValueError,
)

_DOUBLES = ctypes.POINTER(ctypes.c_double)

_ERRORS = {1: NotPositiveDefiniteError, 2: InfeasibleError, 3: IterationLimitError, 4: ProblemValueError,
           5: ProblemSizeError}


class _Problem(ctypes.Structure):
    """dense_qp_problem."""

    _fields_ = [('variables', ctypes.c_int), ('equalities', ctypes.c_int), ('inequalities', ctypes.c_int),
                ('stride', ctypes.c_int), ('hessian', _DOUBLES), ('gradient', _DOUBLES), ('equality_matrix', _DOUBLES),
                ('equality_target', _DOUBLES), ('inequality_matrix', _DOUBLES), ('lower', _DOUBLES), ('upper', _DOUBLES)]


class _Solution(ctypes.Structure):
    """dense_qp_solution."""

    _fields_ = [('x', _DOUBLES), ('equality_multipliers', _DOUBLES), ('inequality_multipliers', _DOUBLES),
                ('iterations', ctypes.c_int), ('active', ctypes.c_int)]


class _Workspace(ctypes.Structure):
    """dense_qp_workspace: three ints, then pointers that only the C side follows."""

    _fields_ = [('sizes', ctypes.c_int * 3), ('arrays', ctypes.c_void_p * 11)]


def _library() -> ctypes.CDLL:
    library = load_library('optimization')
    library.dense_qp_workspace_doubles.restype = ctypes.c_size_t
    library.dense_qp_workspace_doubles.argtypes = [ctypes.c_int, ctypes.c_int]
    library.dense_qp_workspace_init.restype = None
    library.dense_qp_workspace_init.argtypes = [ctypes.POINTER(_Workspace), _DOUBLES, ctypes.c_int, ctypes.c_int]
    library.dense_qp_solve.restype = ctypes.c_int
    library.dense_qp_solve.argtypes = [ctypes.POINTER(_Workspace), ctypes.POINTER(_Problem), ctypes.c_int,
                                       ctypes.POINTER(_Solution)]
    library.dense_qp_message.restype = ctypes.c_char_p
    library.dense_qp_message.argtypes = [ctypes.c_int]
    return library


@dataclass(frozen=True)
class DenseQpSolution:
    """Minimiser and multipliers: H x + g = E' equality_multipliers + C' inequality_multipliers.

    Attributes:
        x: minimiser, shape (n,).
        equality_multipliers: shape (equalities,).
        inequality_multipliers: shape (inequalities,); positive at the lower bound, negative at the upper one.
        iterations: changes of the active set.
        active: active rows at the solution, equalities included.
    """

    x: np.ndarray
    equality_multipliers: np.ndarray
    inequality_multipliers: np.ndarray
    iterations: int
    active: int


class DenseQp:
    """Solver of min 1/2 x'Hx + g'x subject to E x = e, lower <= C x <= upper, H positive definite.

    Owns the work memory for problems up to a size; not to be used in two threads at once.
    """

    def __init__(self, max_variables: int, max_inequalities: int, max_iterations: int = 1000):
        """Allocate the workspace.

        Raises ProblemSizeError when a size is not positive (max_inequalities may be zero).
        """
        if max_variables < 1 or max_inequalities < 0 or max_iterations < 1:
            raise ProblemSizeError(f'max_variables, max_iterations >= 1 and max_inequalities >= 0 expected, got '
                                   f'{max_variables}, {max_iterations}, {max_inequalities}')
        self.max_iterations = max_iterations
        self._library = _library()
        self._memory = np.zeros(self._library.dense_qp_workspace_doubles(max_variables, max_inequalities))
        self._workspace = _Workspace()
        self._library.dense_qp_workspace_init(self._workspace, _pointer(self._memory), max_variables, max_inequalities)

    def solve(self, hessian: ArrayLike, gradient: ArrayLike, equality_matrix: ArrayLike | None = None,
              equality_target: ArrayLike | None = None, inequality_matrix: ArrayLike | None = None,
              lower: ArrayLike | None = None, upper: ArrayLike | None = None) -> DenseQpSolution:
        """Solve one problem.

        Args:
            hessian: H, shape (n, n), symmetric positive definite; only its lower triangle is read.
            gradient: g, shape (n,).
            equality_matrix, equality_target: E (me, n) and e (me,), or None.
            inequality_matrix: C, shape (m, n), or None.
            lower, upper: bounds of C x, shape (m,); infinite or beyond 1e20 = absent; None = none.

        Raises:
            ProblemSizeError: shapes do not fit together or exceed the workspace.
            ProblemValueError: an input is NaN, or infinite without being a bound.
            NotPositiveDefiniteError, InfeasibleError, IterationLimitError: see their names.
        """
        g = _array('gradient', gradient, (None,))
        n = g.size
        h = _array('hessian', hessian, (n, n))
        none = np.empty((0, n))
        e_matrix = _array('equality_matrix', none if equality_matrix is None else equality_matrix, (None, n))
        e_target = _array('equality_target', none[:, 0] if equality_target is None else equality_target, (len(e_matrix),))
        c = _array('inequality_matrix', none if inequality_matrix is None else inequality_matrix, (None, n))
        m = len(c)
        low = _array('lower', np.full(m, -np.inf) if lower is None else lower, (m,))
        up = _array('upper', np.full(m, np.inf) if upper is None else upper, (m,))
        x, mu, lam = np.empty(n), np.empty(len(e_matrix)), np.empty(m)
        problem = _Problem(n, len(e_matrix), m, n, _pointer(h), _pointer(g), _pointer(e_matrix), _pointer(e_target),
                           _pointer(c), _pointer(low), _pointer(up))
        solution = _Solution(_pointer(x), _pointer(mu), _pointer(lam), 0, 0)
        code = self._library.dense_qp_solve(self._workspace, problem, self.max_iterations, solution)
        if code:
            raise _ERRORS[code](f'quadratic program with {n} variables, {len(e_matrix)} equalities and {m} '
                                f'inequalities: {self._library.dense_qp_message(code).decode()}')
        return DenseQpSolution(x, mu, lam, solution.iterations, solution.active)


def _array(name: str, value: ArrayLike, shape: tuple[int | None, ...]) -> np.ndarray:
    """C-contiguous float64 copy or view of `value`; ProblemSizeError when its shape isn't `shape` (None = any)."""
    array = np.ascontiguousarray(value, dtype=np.float64)
    if array.ndim != len(shape) or any(s is not None and s != a for s, a in zip(shape, array.shape)):
        raise ProblemSizeError(f'{name}: shape {array.shape} given, expected '
                               f'{str(shape).replace("None", "any")}')
    return array


def _pointer(array: np.ndarray) -> ctypes.POINTER(ctypes.c_double):
    return array.ctypes.data_as(_DOUBLES)
