# SPDX-License-Identifier: Apache-2.0
"""When a process has started."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..events.process import ProcessStarted
from ..launch_context import LaunchContext
from ..some_types import SomeEntitiesType
from .on_action_event_base import OnActionEventBase

if TYPE_CHECKING:
    from ..action import Action


class OnProcessStart(OnActionEventBase):
    """When a process has started: entities to visit, or a function of event and context that gives them."""

    def __init__(self, *, target_action: Callable[[Action], bool] | Action | None = None,
                 on_start: SomeEntitiesType | Callable[[ProcessStarted, LaunchContext], SomeEntitiesType | None],
                 **kwargs: object) -> None:
        from ..actions import ExecuteProcess  # here: actions import event handlers

        super().__init__(action_matcher=target_action, on_event=on_start, target_event_cls=ProcessStarted,
                         target_action_cls=ExecuteProcess, **kwargs)
