# SPDX-License-Identifier: Apache-2.0
"""Base of handlers for events of an action."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..event import Event
from ..event_handler import BaseEventHandler
from ..launch_context import LaunchContext
from ..some_types import SomeEntitiesType
from ..utilities import normalize_to_list_of_entities

if TYPE_CHECKING:
    from ..action import Action

OnEvent = Callable[[Event, LaunchContext], 'SomeEntitiesType | None']


class OnActionEventBase(BaseEventHandler):
    """Handler for an event class, of one action, of the actions a callable accepts, or of all."""

    def __init__(self, *, action_matcher: Callable[[Action], bool] | Action | None,
                 on_event: SomeEntitiesType | OnEvent, target_event_cls: type[Event],
                 target_action_cls: type[Action], **kwargs: object) -> None:
        if not (action_matcher is None or callable(action_matcher) or isinstance(action_matcher, target_action_cls)):
            raise TypeError(f'{type(self).__name__}: target must be an {target_action_cls.__name__} instance or a '
                            f'callable, got {action_matcher!r}')

        def matcher(event: Event) -> bool:
            if not isinstance(event, target_event_cls):
                return False
            if isinstance(action_matcher, target_action_cls):
                return event.action is action_matcher
            return action_matcher is None or action_matcher(event.action)

        super().__init__(matcher=matcher, **kwargs)
        self._on_event = on_event if callable(on_event) else None
        self._entities = [] if callable(on_event) else normalize_to_list_of_entities(on_event)

    def describe(self) -> tuple[str, list[SomeEntitiesType]]:
        return type(self).__name__, list(self._entities)

    def handle(self, event: Event, context: LaunchContext) -> SomeEntitiesType | None:
        super().handle(event, context)
        return self._on_event(event, context) if self._on_event is not None else self._entities
