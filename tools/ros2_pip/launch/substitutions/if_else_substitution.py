# SPDX-License-Identifier: Apache-2.0
"""Choice between two texts."""
from __future__ import annotations

from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from .boolean_substitution import truth


class IfElseSubstitution(Substitution):
    """One text if a condition is true, another if not."""

    def __init__(self, condition: SomeSubstitutionsType, if_value: SomeSubstitutionsType = '',
                 else_value: SomeSubstitutionsType = '') -> None:
        if if_value == else_value == '':
            raise RuntimeError('one of if_value and else_value must be specified')
        self._condition = normalize_to_list_of_substitutions(condition)
        self._if_value = normalize_to_list_of_substitutions(if_value)
        self._else_value = normalize_to_list_of_substitutions(else_value)

    def describe(self) -> str:
        return f'IfElseSubstitution({self._condition}, {self._if_value}, {self._else_value})'

    def perform(self, context: LaunchContext) -> str:
        return perform_substitutions(context, self._if_value if truth(context, self._condition) else self._else_value)
