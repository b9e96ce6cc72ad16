# SPDX-License-Identifier: Apache-2.0
"""Emitting an event."""
from __future__ import annotations

from ..action import Action
from ..event import Event
from ..launch_context import LaunchContext
from ..utilities import is_a_subclass


class EmitEvent(Action):
    """Emits an event."""

    def __init__(self, *, event: Event, **kwargs: object) -> None:
        super().__init__(**kwargs)
        if not is_a_subclass(event, Event):
            raise RuntimeError(f"EmitEvent() expected an event instance, got '{event}'.")
        self._event = event

    @property
    def event(self) -> Event:
        """The event."""
        return self._event

    def execute(self, context: LaunchContext) -> None:
        context.emit_event_sync(self._event)
