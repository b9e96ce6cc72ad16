# SPDX-License-Identifier: Apache-2.0
"""Yes or no from text."""
from __future__ import annotations

from ..launch_context import LaunchContext
from ..substitution import Substitution
from ..utilities import perform_substitutions

TRUE_EXPRESSIONS, FALSE_EXPRESSIONS = ('true', '1'), ('false', '0')


class InvalidConditionExpressionError(ValueError):
    """A condition's text is neither true nor false."""


def evaluate_condition_expression(context: LaunchContext, expression: list[Substitution]) -> bool:
    """True for 'true' and '1', False for 'false' and '0'; raises InvalidConditionExpressionError else."""
    text = perform_substitutions(context, expression).strip().lower()
    if text in TRUE_EXPRESSIONS + FALSE_EXPRESSIONS:
        return text in TRUE_EXPRESSIONS
    raise InvalidConditionExpressionError(
        f"invalid condition expression, expected one of [{', '.join(TRUE_EXPRESSIONS + FALSE_EXPRESSIONS)}] "
        f"but got '{text}', expanded from '{' + '.join(part.describe() for part in expression)}'")
