# SPDX-License-Identifier: Apache-2.0
"""Value of a launch argument."""
from __future__ import annotations

from collections.abc import Iterable

from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from .substitution_failure import SubstitutionFailure


class LaunchConfiguration(Substitution):
    """Value of a launch configuration, or the default if it isn't set."""

    def __init__(self, variable_name: SomeSubstitutionsType, *, default: object | Iterable | None = None) -> None:
        self._variable_name = normalize_to_list_of_substitutions(variable_name)
        self._default: list[Substitution] | None = None
        if default is not None:
            parts = default if isinstance(default, Iterable) and not isinstance(default, str) else [default]
            self._default = normalize_to_list_of_substitutions(
                [part if isinstance(part, (str, Substitution)) else str(part) for part in parts])

    @property
    def variable_name(self) -> list[Substitution]:
        """Name of the configuration."""
        return self._variable_name

    def describe(self) -> str:
        return f"LaunchConfig({' + '.join(part.describe() for part in self._variable_name)})"

    def perform(self, context: LaunchContext) -> str:
        name = perform_substitutions(context, self._variable_name)
        if name in context.launch_configurations:
            return context.launch_configurations[name]
        if self._default is None:
            raise SubstitutionFailure(f"launch configuration '{name}' does not exist")
        return perform_substitutions(context, self._default)
