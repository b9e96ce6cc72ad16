# SPDX-License-Identifier: Apache-2.0
"""Looking into a BalanceController's last tick: for tests, benchmarks and tuning."""
from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from humanoid_control.balance.balance_controller import BalanceController
from humanoid_control.balance.native_structs import Tasks


@dataclass(frozen=True)
class TickProblem:
    """The quadratic program of a tick: min 1/2 x'Hx + g'x subject to lower <= C x <= upper, and its solution x."""

    hessian: np.ndarray
    gradient: np.ndarray
    inequality_matrix: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    solution: np.ndarray


@dataclass(frozen=True)
class TickState:
    """Estimated q (nq,) and v (nv,) as in Pinocchio, and the resulting accelerations (nv,) and torques (nv - 6,)."""

    q: np.ndarray
    v: np.ndarray
    acceleration: np.ndarray
    torque: np.ndarray


def tick_problem(controller: BalanceController) -> TickProblem:
    """Copy of the last quadratic program."""
    pointer = ctypes.POINTER(ctypes.c_double)()
    p = controller.library.balance_problem(controller.handle, ctypes.byref(pointer)).contents
    n, m, stride = p.variables, p.inequalities, p.stride
    lower_triangle = np.ctypeslib.as_array(p.hessian, (n, stride))[:, :n]
    hessian = np.tril(lower_triangle) + np.tril(lower_triangle, -1).T
    return TickProblem(hessian, np.ctypeslib.as_array(p.gradient, (n,)).copy(),
                       np.ctypeslib.as_array(p.inequality_matrix, (m, stride))[:, :n].copy(),
                       np.ctypeslib.as_array(p.lower, (m,)).copy(), np.ctypeslib.as_array(p.upper, (m,)).copy(),
                       np.ctypeslib.as_array(pointer, (n,)).copy())


def tick_tasks(controller: BalanceController) -> Tasks:
    """Copy of the task accelerations that the last program was built from (whole_body_tasks in c/whole_body.h)."""
    return Tasks.from_buffer_copy(controller.library.balance_tasks(controller.handle).contents)


def tick_state(controller: BalanceController) -> TickState:
    """Copy of the last estimate and result."""
    model = controller.robot.model
    arrays = [np.zeros(size) for size in (model.nq, model.nv, model.nv, model.nv - 6)]
    controller.library.balance_state(controller.handle, *(a.ctypes.data for a in arrays))
    return TickState(*arrays)
