# SPDX-License-Identifier: Apache-2.0
"""Binding of the bounded least-squares solver in C."""
from __future__ import annotations

import ctypes

import numpy as np

from humanoid_control.kinematics.native_library import LIBRARY, check

_ALIGNMENT = 64
_double_p = ctypes.c_void_p


class _Problem(ctypes.Structure):
    """kin_ls_problem of c/kin_least_squares.h."""

    _fields_ = [
        ('variables', ctypes.c_int), ('task_rows', ctypes.c_int), ('constraint_rows', ctypes.c_int),
        ('max_iterations', ctypes.c_int), ('warm_start', ctypes.c_int), ('tolerance', ctypes.c_double),
        ('jacobian', _double_p), ('task_error', _double_p), ('task_weight', _double_p),
        ('diagonal', _double_p), ('diagonal_target', _double_p), ('lower', _double_p), ('upper', _double_p),
        ('constraint', _double_p), ('constraint_bound', _double_p), ('constraint_softness', _double_p),
        ('solution', _double_p), ('bound_multiplier', _double_p), ('constraint_multiplier', _double_p),
        ('iterations', ctypes.c_int), ('active', ctypes.c_int),
    ]


class BoundedLeastSquares:
    """Solves, by a dual active-set method in C without allocating memory,

        minimise    1/2 |W^1/2 (J x - e)|^2 + 1/2 |D^1/2 (x - t)|^2 + 1/2 sum_k s_k^2 / c_k
        subject to  lower <= x <= upper,  A_k x + s_k >= b_k

    The arrays below are owned by the object and read in place: fill them, then call `solve`.

    Attributes:
        jacobian: J, shape (task_rows, n).
        task_error: e, shape (task_rows,).
        task_weight: diagonal of W >= 0, shape (task_rows,); rows of weight 0 cost nothing.
        diagonal: D > 0, shape (n,).
        diagonal_target: t, shape (n,).
        lower, upper: bounds, shape (n,); infinite where there is none.
        constraint: A, shape (constraint_rows, n).
        constraint_bound: b, shape (constraint_rows,).
        constraint_softness: c >= 0, shape (constraint_rows,); 0 makes a row hard (s_k = 0).
        solution: x of the last `solve`, shape (n,).
        bound_multiplier: shape (n,); positive at active lower bounds, negative at active upper bounds.
        constraint_multiplier: shape (constraint_rows,), not negative.
    """

    def __init__(self, variables: int, task_rows: int, constraint_rows: int = 0, *, tolerance: float = 1e-9,
                 max_iterations: int = 500) -> None:
        """Reserve memory for n = `variables`; raises ValueError for sizes outside 1..512 variables and 0..512 rows."""
        size = LIBRARY.kin_ls_size(variables, constraint_rows)
        if size == 0 or task_rows < 0:
            raise ValueError(f'sizes out of range: variables {variables} (1..512), task_rows {task_rows} (>= 0), '
                             f'constraint_rows {constraint_rows} (0..512)')
        n, padded = variables, (variables + 3) & ~3
        self._memory, self._memory_size = np.zeros(size + _ALIGNMENT, np.uint8), size
        self._address = -(-self._memory.ctypes.data // _ALIGNMENT) * _ALIGNMENT
        check(LIBRARY.kin_ls_init(ctypes.c_void_p(self._address), ctypes.c_size_t(size), n, constraint_rows), 'kin_ls_init')

        jacobian = np.zeros((task_rows, padded))
        constraint = np.zeros((constraint_rows, padded))
        self.jacobian, self.constraint = jacobian[:, :n], constraint[:, :n]
        self.task_error, self.task_weight = np.zeros(task_rows), np.ones(task_rows)
        self.diagonal, self.diagonal_target = np.ones(n), np.zeros(n)
        self.lower, self.upper = np.full(n, -np.inf), np.full(n, np.inf)
        self.constraint_bound, self.constraint_softness = np.zeros(constraint_rows), np.zeros(constraint_rows)
        self.solution, self.bound_multiplier = np.zeros(n), np.zeros(n)
        self.constraint_multiplier = np.zeros(constraint_rows)
        self._capacity = constraint_rows
        self._problem = _Problem(variables=n, task_rows=task_rows, max_iterations=max_iterations, tolerance=tolerance,
                                 jacobian=jacobian.ctypes.data, constraint=constraint.ctypes.data)
        for name in ('task_error', 'task_weight', 'diagonal', 'diagonal_target', 'lower', 'upper', 'constraint_bound',
                     'constraint_softness', 'solution', 'bound_multiplier', 'constraint_multiplier'):
            array: np.ndarray = getattr(self, name)
            setattr(self._problem, name, array.ctypes.data)
        self._solve = LIBRARY.kin_ls_solve
        self._arguments = (ctypes.c_void_p(self._address), ctypes.byref(self._problem))

    def solve(self, constraint_rows: int | None = None, *, warm_start: bool = True) -> np.ndarray:
        """Solve with the first `constraint_rows` rows of `constraint` (all where None).

        Args:
            warm_start: Try the active set of the last call first.

        Returns:
            `solution`, shape (n,); valid until the next call.

        Raises:
            SolverError: NaN in the input, crossed bounds, infeasible hard rows, a weight missing.
        """
        rows = self._capacity if constraint_rows is None else constraint_rows
        self._problem.constraint_rows, self._problem.warm_start = rows, warm_start
        status = self._solve(*self._arguments)
        if status:
            check(status, 'bounded least squares')
        return self.solution

    def forget(self) -> None:
        """Drop the active set of the last call."""
        LIBRARY.kin_ls_forget(self._arguments[0])

    @property
    def iterations(self) -> int:
        """Active-set steps of the last call."""
        return self._problem.iterations

    @property
    def active(self) -> int:
        """Number of constraints active at the last solution."""
        return self._problem.active
