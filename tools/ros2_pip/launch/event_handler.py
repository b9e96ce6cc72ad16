# SPDX-License-Identifier: Apache-2.0
"""Event handlers."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ros2_pip.unsupported import refuse_arguments

from .event import Event
from .some_types import SomeEntitiesType

if TYPE_CHECKING:
    from .launch_context import LaunchContext


class BaseEventHandler:
    """Says which events it handles."""

    def __init__(self, *, matcher: Callable[[Event], bool], handle_once: bool = False, **unknown: object) -> None:
        refuse_arguments(self, unknown)
        self._matcher = matcher
        self._handle_once = handle_once

    @property
    def handle_once(self) -> bool:
        """True if the handler is gone after its first event."""
        return self._handle_once

    def matches(self, event: Event) -> bool:
        """True if the event is one to handle."""
        return self._matcher(event)

    def describe(self) -> tuple[str, list[SomeEntitiesType]]:
        """(Description, entities known beforehand)."""
        return type(self).__name__, []

    def handle(self, event: Event, context: LaunchContext) -> SomeEntitiesType | None:
        """Notes the event in the context's locals; gives entities to visit."""
        context.extend_locals({'event': event})
        if self._handle_once:
            context.unregister_event_handler(self)
        return None


class EventHandler(BaseEventHandler):
    """Handler with entities known beforehand."""

    def __init__(self, *, matcher: Callable[[Event], bool], entities: SomeEntitiesType | None = None,
                 handle_once: bool = False, **unknown: object) -> None:
        super().__init__(matcher=matcher, handle_once=handle_once, **unknown)
        self._entities = entities

    @property
    def entities(self) -> SomeEntitiesType | None:
        """What is visited when the event comes."""
        return self._entities

    def describe(self) -> tuple[str, list[SomeEntitiesType]]:
        entities = self._entities if isinstance(self._entities, (list, tuple)) else [self._entities]
        return type(self).__name__, [entity for entity in entities if entity is not None]

    def handle(self, event: Event, context: LaunchContext) -> SomeEntitiesType | None:
        super().handle(event, context)
        return self._entities
