# SPDX-License-Identifier: Apache-2.0
"""Condition on a text."""
from __future__ import annotations

from ..condition import Condition
from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..utilities import normalize_to_list_of_substitutions
from .expression import evaluate_condition_expression


class IfCondition(Condition):
    """Yes if the expression holds."""

    def __init__(self, predicate_expression: SomeSubstitutionsType) -> None:
        self._expression = normalize_to_list_of_substitutions(predicate_expression)
        super().__init__()

    def evaluate(self, context: LaunchContext) -> bool:
        return evaluate_condition_expression(context, self._expression)
