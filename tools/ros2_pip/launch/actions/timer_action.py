# SPDX-License-Identifier: Apache-2.0
"""Doing something later."""
from __future__ import annotations

import asyncio
from collections.abc import Iterable

from ..action import Action
from ..event_handler import EventHandler
from ..event_handlers import OnShutdown
from ..events import TimerEvent
from ..launch_context import LaunchContext
from ..launch_description_entity import LaunchDescriptionEntity
from ..some_types import SomeSubstitutionsType
from ..utilities.type_utils import perform_typed_substitution
from .opaque_function import OpaqueFunction


class TimerAction(Action):
    """Visits actions after a period [s], unless cancelled before."""

    def __init__(self, *, period: float | SomeSubstitutionsType, actions: Iterable[LaunchDescriptionEntity],
                 cancel_on_shutdown: bool | SomeSubstitutionsType = True, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._period = float(period) if isinstance(period, (str, int)) else period
        self._actions = list(actions)
        self._cancel_on_shutdown = cancel_on_shutdown
        self._cancelled = False
        self._cancel_future: asyncio.Future | None = None
        self._completed: asyncio.Future | None = None

    @property
    def period(self) -> float | SomeSubstitutionsType:
        """Time to wait [s]."""
        return self._period

    @property
    def actions(self) -> list[LaunchDescriptionEntity]:
        """What is visited then."""
        return self._actions

    def describe_conditional_sub_entities(self) -> list[tuple[str, Iterable[LaunchDescriptionEntity]]]:
        return [(f'{self._period} seconds pass without being canceled', self._actions)]

    def cancel(self) -> None:
        """The actions will not be visited, if they haven't been."""
        self._cancelled = True
        if self._cancel_future is not None and not self._cancel_future.done():
            self._cancel_future.set_result(True)

    def execute(self, context: LaunchContext) -> None:
        self._completed = context.asyncio_loop.create_future()
        self._cancel_future = context.asyncio_loop.create_future()
        if self._cancelled:
            self._completed.set_result(None)
            return
        local_values = context.get_locals_as_dict()

        def visit_actions(context: LaunchContext) -> list[LaunchDescriptionEntity]:
            context.extend_locals(local_values)
            return self._actions

        context.register_event_handler(EventHandler(
            matcher=lambda event: isinstance(event, TimerEvent) and event.timer_action is self,
            entities=OpaqueFunction(function=visit_actions), handle_once=True))
        period = perform_typed_substitution(context, self._period, float)
        context.asyncio_loop.create_task(self._wait(context, period))
        if perform_typed_substitution(context, self._cancel_on_shutdown, bool):
            context.register_event_handler(OnShutdown(on_shutdown=lambda event, context: self.cancel()))

    async def _wait(self, context: LaunchContext, period: float) -> None:
        await asyncio.wait([self._cancel_future], timeout=period)
        if not self._cancel_future.done():
            context.emit_event_sync(TimerEvent(timer_action=self))
        self._completed.set_result(None)

    def get_asyncio_future(self) -> asyncio.Future | None:
        return self._completed
