# SPDX-License-Identifier: Apache-2.0
"""When an action has done its work."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..events import ExecutionComplete
from ..launch_context import LaunchContext
from ..some_types import SomeEntitiesType
from .on_action_event_base import OnActionEventBase

if TYPE_CHECKING:
    from ..action import Action


class OnExecutionComplete(OnActionEventBase):
    """When an action has done its work: entities to visit, or a function of event and context that gives them."""

    def __init__(self, *, target_action: Callable[[Action], bool] | Action | None = None,
                 on_completion: SomeEntitiesType
                 | Callable[[ExecutionComplete, LaunchContext], SomeEntitiesType | None],
                 **kwargs: object) -> None:
        from ..action import Action  # here: actions import event handlers

        super().__init__(action_matcher=target_action, on_event=on_completion, target_event_cls=ExecutionComplete,
                         target_action_cls=Action, **kwargs)
