# SPDX-License-Identifier: Apache-2.0
"""Conditions on a launch configuration."""
from __future__ import annotations

from ..condition import Condition
from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions


class LaunchConfigurationEquals(Condition):
    """Yes if a launch configuration has a value; None stands for one that isn't set."""

    def __init__(self, launch_configuration_name: str, expected_value: SomeSubstitutionsType | None) -> None:
        super().__init__()
        self._name = launch_configuration_name
        self._expected = None if expected_value is None else normalize_to_list_of_substitutions(expected_value)

    def evaluate(self, context: LaunchContext) -> bool:
        expected = None if self._expected is None else perform_substitutions(context, self._expected)
        return context.launch_configurations.get(self._name) == expected


class LaunchConfigurationNotEquals(LaunchConfigurationEquals):
    """Yes if a launch configuration doesn't have a value."""

    def evaluate(self, context: LaunchContext) -> bool:
        return not super().evaluate(context)
