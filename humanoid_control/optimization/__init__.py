# SPDX-License-Identifier: Apache-2.0
"""Small dense optimisation in C for the control tick."""
from humanoid_control.optimization.dense_qp import DenseQp, DenseQpSolution
from humanoid_control.optimization.errors import (
                                                  InfeasibleError,
                                                  IterationLimitError,
                                                  NotPositiveDefiniteError,
                                                  ProblemSizeError,
                                                  ProblemValueError,
                                                  QpError,
)

__all__ = ['DenseQp', 'DenseQpSolution', 'InfeasibleError', 'IterationLimitError', 'NotPositiveDefiniteError',
           'ProblemSizeError', 'ProblemValueError', 'QpError']
