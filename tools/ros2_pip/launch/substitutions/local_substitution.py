# SPDX-License-Identifier: Apache-2.0
"""Value noted in the context."""
from __future__ import annotations

from ..launch_context import LaunchContext
from ..substitution import Substitution


class LocalSubstitution(Substitution):
    """An expression over the context's locals, e.g. "event.process_name"."""

    def __init__(self, expression: str, description: str | None = None) -> None:
        if not isinstance(expression, str):
            raise TypeError(f"LocalSubstitution: argument 'expression' must be text, got {expression!r}")
        self._expression = expression
        self._description = description

    @property
    def expression(self) -> str:
        """The expression."""
        return self._expression

    def describe(self) -> str:
        return f"LocalVar('{self._description or self._expression}')"

    def perform(self, context: LaunchContext) -> str:
        return eval(f'context.locals.{self._expression}', {}, {'context': context})
