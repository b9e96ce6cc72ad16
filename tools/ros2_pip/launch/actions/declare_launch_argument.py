# SPDX-License-Identifier: Apache-2.0
"""Declaring an argument of a launch file."""
from __future__ import annotations

from collections.abc import Iterable

from .. import logging
from ..action import Action
from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions


class DeclareLaunchArgument(Action):
    """An argument given as name:=value, with its default, description and choices."""

    def __init__(self, name: str, *, default_value: SomeSubstitutionsType | None = None,
                 description: str | None = None, choices: Iterable[str] | None = None, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._name = name
        self._choices = None if choices is None else list(choices)
        self._default = None if default_value is None else normalize_to_list_of_substitutions(default_value)
        self._description = self._describe_with_choices(description)
        self._conditionally_included = False
        if self._choices is not None:
            if not self._choices:
                raise ValueError(f"argument '{name}': 'choices' must not be empty")
            if isinstance(default_value, str) and default_value not in self._choices:
                raise RuntimeError(
                    f'Provided default_value "{default_value}" is not in provided choices "{self._choices}".')

    def _describe_with_choices(self, description: str | None) -> str:
        if self._choices is None:
            return description if description is not None else 'no description given'
        if description is None:
            return f'One of: {self._choices}'
        stop = '' if description.endswith('.') else '.'
        return f'{description}{stop} Valid choices are: {self._choices}'

    @property
    def name(self) -> str:
        """Name of the argument."""
        return self._name

    @property
    def default_value(self) -> list[Substitution] | None:
        """The default, None for an argument that must be given."""
        return self._default

    @property
    def description(self) -> str:
        """Description, with the choices."""
        return self._description

    @property
    def choices(self) -> list[str] | None:
        """The values allowed, None for any."""
        return self._choices

    def execute(self, context: LaunchContext) -> None:
        if self._name not in context.launch_configurations:
            if self._default is None:
                logging.get_logger(__name__).error(
                    f'Required launch argument "{self._name}" (description: "{self._description}") was not provided')
                raise RuntimeError(f'Required launch argument "{self._name}" was not provided.')
            context.launch_configurations[self._name] = perform_substitutions(context, self._default)
        value = context.launch_configurations[self._name]
        if self._choices is not None and value not in self._choices:
            message = (f'Argument "{self._name}" provided value "{value}" is not valid. '
                       f'Valid options are: {self._choices}')
            logging.get_logger(__name__).error(message)
            raise RuntimeError(message)
