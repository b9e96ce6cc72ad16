# SPDX-License-Identifier: Apache-2.0
"""Registering event handlers."""
from __future__ import annotations

from collections.abc import Iterable

from ..action import Action
from ..event_handler import BaseEventHandler
from ..launch_context import LaunchContext
from ..launch_description_entity import LaunchDescriptionEntity
from ..utilities import normalize_to_list_of_entities


class RegisterEventHandler(Action):
    """Registers an event handler."""

    def __init__(self, event_handler: BaseEventHandler, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._event_handler = event_handler

    @property
    def event_handler(self) -> BaseEventHandler:
        """The handler."""
        return self._event_handler

    def describe_conditional_sub_entities(self) -> list[tuple[str, Iterable[LaunchDescriptionEntity]]]:
        text, entities = self._event_handler.describe()
        return [(text, normalize_to_list_of_entities(entities))] if entities else []

    def execute(self, context: LaunchContext) -> None:
        context.register_event_handler(self._event_handler)


class UnregisterEventHandler(Action):
    """Takes an event handler back."""

    def __init__(self, event_handler: BaseEventHandler, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._event_handler = event_handler

    def execute(self, context: LaunchContext) -> None:
        context.unregister_event_handler(self._event_handler)
