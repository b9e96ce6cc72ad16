# SPDX-License-Identifier: Apache-2.0
"""What to launch."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ros2_pip.unsupported import refuse_arguments

from .launch_description_entity import LaunchDescriptionEntity

if TYPE_CHECKING:
    from .action import Action
    from .actions import DeclareLaunchArgument, IncludeLaunchDescription
    from .launch_context import LaunchContext

DeclaredArgument = tuple  # (DeclareLaunchArgument, list[IncludeLaunchDescription])


class LaunchDescription(LaunchDescriptionEntity):
    """An ordered list of entities."""

    def __init__(self, initial_entities: Iterable[LaunchDescriptionEntity] | None = None, **unknown: object) -> None:
        refuse_arguments(self, unknown)
        self._entities = list(initial_entities) if initial_entities is not None else []

    @property
    def entities(self) -> list[LaunchDescriptionEntity]:
        """The entities."""
        return self._entities

    def add_entity(self, entity: LaunchDescriptionEntity) -> None:
        """Appends an entity."""
        self._entities.append(entity)

    def add_action(self, action: Action) -> None:
        """Appends an action."""
        self.add_entity(action)

    def visit(self, context: LaunchContext) -> list[LaunchDescriptionEntity]:
        return self._entities

    def describe_sub_entities(self) -> list[LaunchDescriptionEntity]:
        return self._entities

    def get_launch_arguments(self, conditional_inclusion: bool = False) -> list[DeclareLaunchArgument]:
        """Declared arguments in the order of declaration, those of included files too."""
        return [argument for argument, _ in
                self.get_launch_arguments_with_include_launch_description_actions(conditional_inclusion)]

    def get_launch_arguments_with_include_launch_description_actions(
            self, conditional_inclusion: bool = False) -> list[DeclaredArgument]:
        """Declared arguments, each with the inclusions that lead to it."""
        declared: dict[str, DeclaredArgument] = {}
        _collect_arguments(self._entities, conditional_inclusion, [], declared)
        return list(declared.values())


def _collect_arguments(entities: Iterable[LaunchDescriptionEntity], conditional: bool,
                       inclusions: list[IncludeLaunchDescription], declared: dict[str, DeclaredArgument]) -> None:
    """Adds the arguments declared below entities; of the same name the first counts."""
    from .actions import DeclareLaunchArgument, IncludeLaunchDescription, ResetLaunchConfigurations

    for entity in entities:
        if isinstance(entity, DeclareLaunchArgument) and entity.name not in declared:
            entity._conditionally_included = conditional or entity.condition is not None
            declared[entity.name] = (entity, list(inclusions))
        if isinstance(entity, ResetLaunchConfigurations):
            return  # arguments of the command line don't reach what follows
        below = [*inclusions, entity] if isinstance(entity, IncludeLaunchDescription) else inclusions
        _collect_arguments(entity.describe_sub_entities(), False, below, declared)
        for _, conditional_entities in entity.describe_conditional_sub_entities():
            _collect_arguments(conditional_entities, True, below, declared)
