# SPDX-License-Identifier: Apache-2.0
"""Including a launch file."""
from __future__ import annotations

import os
from collections.abc import Iterable

from ..action import Action
from ..launch_context import LaunchContext
from ..launch_description_entity import LaunchDescriptionEntity
from ..launch_description_source import LaunchDescriptionSource
from ..launch_description_sources import AnyLaunchDescriptionSource
from ..some_types import SomeSubstitutionsType
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from .launch_configurations import SetLaunchConfiguration


class IncludeLaunchDescription(Action):
    """Visits the launch description of a file, with arguments."""

    def __init__(self, launch_description_source: LaunchDescriptionSource | SomeSubstitutionsType, *,
                 launch_arguments: Iterable[tuple[SomeSubstitutionsType, SomeSubstitutionsType]] | None = None,
                 **kwargs: object) -> None:
        super().__init__(**kwargs)
        if not isinstance(launch_description_source, LaunchDescriptionSource):
            launch_description_source = AnyLaunchDescriptionSource(launch_description_source)
        self._source = launch_description_source
        self._arguments = tuple(launch_arguments) if launch_arguments is not None else ()

    @property
    def launch_description_source(self) -> LaunchDescriptionSource:
        """Where the description comes from."""
        return self._source

    @property
    def launch_arguments(self) -> tuple[tuple[SomeSubstitutionsType, SomeSubstitutionsType], ...]:
        """The arguments."""
        return self._arguments

    def get_sub_entities(self) -> list[LaunchDescriptionEntity]:
        description = self._source.try_get_launch_description_without_context()
        return [description] if description is not None else []

    def _argument_names(self, context: LaunchContext) -> list[str]:
        return [perform_substitutions(context, normalize_to_list_of_substitutions(name)) for name, _ in self._arguments]

    def execute(self, context: LaunchContext) -> list[LaunchDescriptionEntity]:
        description = self._source.get_launch_description(context)
        path = os.path.abspath(self._source.location)
        folder = os.path.dirname(path) if os.path.exists(path) else self._source.location
        context.extend_locals({'current_launch_file_path': path, 'current_launch_file_directory': folder})
        given = self._argument_names(context)
        for argument, inclusions in description.get_launch_arguments_with_include_launch_description_actions():
            if argument._conditionally_included or argument.default_value is not None:
                continue
            names = given + [name for inclusion in inclusions for name in inclusion._argument_names(context)]
            if argument.name not in names:
                raise RuntimeError(
                    f"Included launch description missing required argument '{argument.name}' "
                    f"(description: '{argument.description}'), given: [{', '.join(names)}]")
        return [*(SetLaunchConfiguration(name, value) for name, value in self._arguments), description]
