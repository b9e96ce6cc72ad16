# SPDX-License-Identifier: Apache-2.0
"""The C library of the kinematics and the meaning of its exit codes."""
from __future__ import annotations

import ctypes

from humanoid_control.kinematics.errors import SolverError
from humanoid_control.native import load_library

MEANING = {
    1: 'a size is out of range',
    2: 'the input holds NaN or infinity',
    3: 'the Hessian is not positive definite: every variable needs a positive diagonal weight',
    4: 'a lower bound lies above its upper bound',
    5: 'hard constraint rows contradict the bounds',
    6: 'no solution within the iteration limit',
    7: 'the iterations ended away from the target',
}

LIBRARY = load_library('kinematics')
LIBRARY.kin_ls_size.restype = ctypes.c_size_t


def check(status: int, where: str) -> None:
    """Raise SolverError that names `where` unless `status` is 0."""
    if status:
        raise SolverError(status, f'{where}: {MEANING.get(status, f"exit code {status}")}')
