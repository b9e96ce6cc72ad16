# SPDX-License-Identifier: Apache-2.0
"""Errors of the kinematics."""
from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class KinematicsError(HumanoidError):
    """Base of what the kinematics raises on purpose."""


class SolverError(KinematicsError):
    """The C solver refused its input or found no solution.

    Attributes:
        status: Exit code of the C function (see c/kin_common.h).
    """

    def __init__(self, status: int, meaning: str) -> None:
        super().__init__(meaning)
        self.status = status


class TargetRefused(KinematicsError):
    """A target was not accepted; the message says which and why, and the robot keeps what it had."""
