# SPDX-License-Identifier: Apache-2.0
"""Comparison of two texts."""
from __future__ import annotations

import math
from collections.abc import Iterable

from ..launch_context import LaunchContext
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from ..utilities.type_utils import is_substitution_like

TRUE_WORDS, BOOLEAN_WORDS = ('true', '1'), ('true', 'false', '1', '0')


def operand(value: object | Iterable | None) -> list[Substitution]:
    """Substitutions as they are, a plain value as text."""
    if is_substitution_like(value):
        return normalize_to_list_of_substitutions(value)
    if value is None:
        return normalize_to_list_of_substitutions('')
    return normalize_to_list_of_substitutions(str(value).lower() if isinstance(value, bool) else str(value))


def equal(left: str, right: str) -> bool:
    """Compares as booleans, else as numbers, else as text."""
    if left.lower() in BOOLEAN_WORDS and right.lower() in BOOLEAN_WORDS:
        return (left.lower() in TRUE_WORDS) == (right.lower() in TRUE_WORDS)
    try:
        return math.isclose(float(left), float(right))
    except ValueError:
        return left == right


class EqualsSubstitution(Substitution):
    """'true' if both sides are equal, else 'false'."""

    def __init__(self, left: object | Iterable | None, right: object | Iterable | None) -> None:
        self._left = operand(left)
        self._right = operand(right)

    @property
    def left(self) -> list[Substitution]:
        """Left side."""
        return self._left

    @property
    def right(self) -> list[Substitution]:
        """Right side."""
        return self._right

    def describe(self) -> str:
        return f'{type(self).__name__}({self._left} {self._right})'

    def perform(self, context: LaunchContext) -> str:
        return str(equal(perform_substitutions(context, self._left),
                         perform_substitutions(context, self._right))).lower()


class NotEqualsSubstitution(EqualsSubstitution):
    """'true' if the sides differ, else 'false'."""

    def perform(self, context: LaunchContext) -> str:
        return 'false' if super().perform(context) == 'true' else 'true'
