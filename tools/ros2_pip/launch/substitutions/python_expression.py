# SPDX-License-Identifier: Apache-2.0
"""Value of a Python expression."""
from __future__ import annotations

import importlib

from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions


class PythonExpression(Substitution):
    """What Python makes of an expression over some modules; math's names need no prefix."""

    def __init__(self, expression: SomeSubstitutionsType, python_modules: SomeSubstitutionsType = ('math',)) -> None:
        self._expression = normalize_to_list_of_substitutions(expression)
        self._modules = normalize_to_list_of_substitutions(python_modules)

    @property
    def expression(self) -> list[Substitution]:
        """The expression."""
        return self._expression

    def describe(self) -> str:
        return (f"PythonExpr({' + '.join(part.describe() for part in self._expression)}, "
                f"[{', '.join(part.describe() for part in self._modules)}])")

    def perform(self, context: LaunchContext) -> str:
        names: dict[str, object] = {}
        for part in self._modules:
            module = importlib.import_module(context.perform_substitution(part))
            if module.__name__ == 'math':
                names.update(vars(module))
            names[module.__name__] = module
        return str(eval(perform_substitutions(context, self._expression), {}, names))
