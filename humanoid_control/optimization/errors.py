# SPDX-License-Identifier: Apache-2.0
"""Why a quadratic program has no answer."""
from __future__ import annotations

from humanoid_control.model.errors import HumanoidError


class QpError(HumanoidError):
    """A quadratic program was not solved."""


class NotPositiveDefiniteError(QpError):
    """The Hessian has no Cholesky factor."""


class InfeasibleError(QpError):
    """No point satisfies all constraints."""


class IterationLimitError(QpError):
    """The allowed changes of the active set did not suffice."""


class ProblemValueError(QpError):
    """An input is NaN, or infinite without being a bound."""


class ProblemSizeError(QpError):
    """An input has the wrong shape, or the problem is larger than the workspace."""
