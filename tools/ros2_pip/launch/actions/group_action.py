# SPDX-License-Identifier: Apache-2.0
"""Actions together."""
from __future__ import annotations

from collections.abc import Iterable

from ..action import Action
from ..launch_context import LaunchContext
from ..launch_description_entity import LaunchDescriptionEntity
from ..some_types import SomeSubstitutionsType
from .environment import PopEnvironment, PushEnvironment, ResetEnvironment
from .launch_configurations import (
    PopLaunchConfigurations,
    PushLaunchConfigurations,
    ResetLaunchConfigurations,
    SetLaunchConfiguration,
)


class GroupAction(Action):
    """Actions with launch configurations and environment of their own, if scoped."""

    def __init__(self, actions: Iterable[Action], *, scoped: bool = True, forwarding: bool = True,
                 launch_configurations: dict[SomeSubstitutionsType, SomeSubstitutionsType] | None = None,
                 **left_over_kwargs: object) -> None:
        super().__init__(**left_over_kwargs)
        configurations = launch_configurations or {}
        sets = [SetLaunchConfiguration(name, value) for name, value in configurations.items()]
        if scoped:
            begin = sets if forwarding else [ResetEnvironment(), ResetLaunchConfigurations(configurations)]
            self._actions = [PushLaunchConfigurations(), PushEnvironment(), *begin, *actions,
                             PopEnvironment(), PopLaunchConfigurations()]
        else:
            self._actions = [*sets, *actions]

    def get_sub_entities(self) -> list[LaunchDescriptionEntity]:
        return self._actions

    def execute(self, context: LaunchContext) -> list[LaunchDescriptionEntity]:
        return self._actions
