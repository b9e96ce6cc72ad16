# SPDX-License-Identifier: Apache-2.0
"""When a process writes something."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..events.process import ProcessIO
from ..launch_context import LaunchContext
from ..some_types import SomeEntitiesType
from .on_action_event_base import OnActionEventBase

if TYPE_CHECKING:
    from ..action import Action

OnText = Callable[[ProcessIO], 'SomeEntitiesType | None']


class OnProcessIO(OnActionEventBase):
    """When a process writes something: functions of the event for each stream."""

    def __init__(self, *, target_action: Callable[[Action], bool] | Action | None = None,
                 on_stdout: OnText | None = None, on_stderr: OnText | None = None, **kwargs: object) -> None:
        from ..actions import ExecuteProcess  # here: actions import event handlers

        def handle(event: ProcessIO, _: LaunchContext) -> SomeEntitiesType | None:
            function = on_stdout if event.from_stdout else on_stderr
            return function(event) if function is not None else None

        super().__init__(action_matcher=target_action, on_event=handle, target_event_cls=ProcessIO,
                         target_action_cls=ExecuteProcess, **kwargs)
