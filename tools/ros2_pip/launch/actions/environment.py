# SPDX-License-Identifier: Apache-2.0
"""Environment variables of processes."""
from __future__ import annotations

import os

from ..action import Action
from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from ..utilities.type_utils import perform_typed_substitution


class _VariableAction(Action):
    """Action on a variable with a name and a value."""

    def __init__(self, name: SomeSubstitutionsType, value: SomeSubstitutionsType = '', **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._name = normalize_to_list_of_substitutions(name)
        self._value = normalize_to_list_of_substitutions(value)


class SetEnvironmentVariable(_VariableAction):
    """Sets a variable."""

    def __init__(self, name: SomeSubstitutionsType, value: SomeSubstitutionsType, **kwargs: object) -> None:
        super().__init__(name, value, **kwargs)

    def execute(self, context: LaunchContext) -> None:
        context.environment[perform_substitutions(context, self._name)] = perform_substitutions(context, self._value)


class AppendEnvironmentVariable(_VariableAction):
    """Appends to, or prepends to, a variable that is a list."""

    def __init__(self, name: SomeSubstitutionsType, value: SomeSubstitutionsType,
                 prepend: bool | SomeSubstitutionsType = False, separator: SomeSubstitutionsType = os.pathsep,
                 **kwargs: object) -> None:
        super().__init__(name, value, **kwargs)
        self._prepend = prepend
        self._separator = normalize_to_list_of_substitutions(separator)

    def execute(self, context: LaunchContext) -> None:
        name = perform_substitutions(context, self._name)
        parts = [perform_substitutions(context, self._value)]
        if name in context.environment:
            first = perform_typed_substitution(context, self._prepend, bool)
            parts = [*parts, context.environment[name]] if first else [context.environment[name], *parts]
        context.environment[name] = perform_substitutions(context, self._separator).join(parts)


class UnsetEnvironmentVariable(_VariableAction):
    """Removes a variable."""

    def __init__(self, name: SomeSubstitutionsType, **kwargs: object) -> None:
        super().__init__(name, **kwargs)

    def execute(self, context: LaunchContext) -> None:
        context.environment.pop(perform_substitutions(context, self._name), None)


class PushEnvironment(Action):
    """Remembers all variables."""

    def execute(self, context: LaunchContext) -> None:
        context._push_environment()


class PopEnvironment(Action):
    """Goes back to the variables last remembered."""

    def execute(self, context: LaunchContext) -> None:
        context._pop_environment()


class ResetEnvironment(Action):
    """Goes back to the variables from before the launch."""

    def execute(self, context: LaunchContext) -> None:
        context._reset_environment()
