# SPDX-License-Identifier: Apache-2.0
"""State of one launch."""
from __future__ import annotations

import asyncio
import collections
import os
from collections.abc import Iterable, MutableMapping
from types import SimpleNamespace
from typing import TYPE_CHECKING

from .event import Event
from .substitution import Substitution

if TYPE_CHECKING:
    from .event_handler import BaseEventHandler


class _Locals(SimpleNamespace):
    """Read access to the locals as attributes."""

    def __getattr__(self, name: str) -> object:
        raise AttributeError(f'context.locals has no {name!r}, it has: {", ".join(vars(self))}')


class LaunchContext:
    """Launch configurations, environment, event queue and handlers."""

    def __init__(self, *, argv: Iterable[str] | None = None, noninteractive: bool = False) -> None:
        self.argv = list(argv) if argv is not None else []
        self.noninteractive = noninteractive
        self.is_shutdown = False
        self.asyncio_loop: asyncio.AbstractEventLoop | None = None
        self.launch_configurations: dict[str, object] = {}
        self._event_queue: collections.deque[Event] = collections.deque()
        self._event_arrived: asyncio.Event | None = None
        self._event_handlers: collections.deque[BaseEventHandler] = collections.deque()
        self._completion_futures: list[asyncio.Future] = []
        self._globals: dict[str, object] = {}
        self._locals: dict[str, object] = {}
        self._locals_stack: list[dict[str, object]] = []
        self._configurations_stack: list[dict[str, object]] = []
        self._environment_stack: list[dict[str, str]] = []
        self._initial_environment = dict(os.environ)

    @property
    def environment(self) -> MutableMapping[str, str]:
        """Environment variables that processes get."""
        return os.environ

    @property
    def locals(self) -> SimpleNamespace:
        """What actions and handlers noted, e.g. the event being handled."""
        return _Locals(**self.get_locals_as_dict())

    def get_locals_as_dict(self) -> dict[str, object]:
        """Globals, overlaid with the locals."""
        return {**self._globals, **self._locals}

    def extend_globals(self, extensions: dict[str, object]) -> None:
        """Notes values for the rest of the launch."""
        self._globals.update(extensions)

    def extend_locals(self, extensions: dict[str, object]) -> None:
        """Notes values until the current event is handled."""
        self._locals.update(extensions)

    def _push_locals(self) -> None:
        self._locals_stack.append(dict(self._locals))

    def _pop_locals(self) -> None:
        self._locals = self._locals_stack.pop()

    def _push_launch_configurations(self) -> None:
        self._configurations_stack.append(dict(self.launch_configurations))

    def _pop_launch_configurations(self) -> None:
        self.launch_configurations = self._configurations_stack.pop()

    def _push_environment(self) -> None:
        self._environment_stack.append(dict(os.environ))

    def _pop_environment(self) -> None:
        self._set_environment(self._environment_stack.pop())

    def _reset_environment(self) -> None:
        self._set_environment(self._initial_environment)

    @staticmethod
    def _set_environment(variables: dict[str, str]) -> None:
        os.environ.clear()
        os.environ.update(variables)

    def add_completion_future(self, completion_future: asyncio.Future) -> None:
        """Lets the launch wait for a future before it ends."""
        self._completion_futures.append(completion_future)

    def would_handle_event(self, event: Event) -> bool:
        """True if a handler is registered for such an event."""
        return any(handler.matches(event) for handler in self._event_handlers)

    def register_event_handler(self, event_handler: BaseEventHandler, append: bool = False) -> None:
        """Adds a handler, in front of the others unless append."""
        if append:
            self._event_handlers.append(event_handler)
        else:
            self._event_handlers.appendleft(event_handler)

    def unregister_event_handler(self, event_handler: BaseEventHandler) -> None:
        """Removes a handler."""
        self._event_handlers.remove(event_handler)

    def emit_event_sync(self, event: Event) -> None:
        """Queues an event; call it in the thread of the launch's loop or before the launch runs."""
        self._event_queue.append(event)
        if self._event_arrived is not None:
            self._event_arrived.set()

    async def emit_event(self, event: Event) -> None:
        """Queues an event."""
        self.emit_event_sync(event)

    def perform_substitution(self, substitution: Substitution) -> str:
        """Text of a substitution."""
        return substitution.perform(self)
