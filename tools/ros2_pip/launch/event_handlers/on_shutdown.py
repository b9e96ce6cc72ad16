# SPDX-License-Identifier: Apache-2.0
"""When the launch ends."""
from __future__ import annotations

from collections.abc import Callable

from ..event_handler import BaseEventHandler
from ..events import Shutdown
from ..launch_context import LaunchContext
from ..some_types import SomeEntitiesType
from ..utilities import is_a_subclass


class OnShutdown(BaseEventHandler):
    """When the launch ends: entities to visit, or a function of event and context that gives them."""

    def __init__(self, *, on_shutdown: SomeEntitiesType | Callable[[Shutdown, LaunchContext], SomeEntitiesType | None],
                 **kwargs: object) -> None:
        super().__init__(matcher=lambda event: is_a_subclass(event, Shutdown), **kwargs)
        self._on_shutdown = on_shutdown

    def handle(self, event: Shutdown, context: LaunchContext) -> SomeEntitiesType | None:
        super().handle(event, context)
        return self._on_shutdown(event, context) if callable(self._on_shutdown) else self._on_shutdown
