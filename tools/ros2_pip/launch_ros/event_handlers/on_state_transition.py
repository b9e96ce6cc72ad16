# SPDX-License-Identifier: Apache-2.0
"""When a lifecycle node changes its state."""
from __future__ import annotations

from launch import Event, EventHandler, SomeEntitiesType

from ..actions import LifecycleNode
from ..events.lifecycle import StateTransition


class OnStateTransition(EventHandler):
    """When a lifecycle node, or any, goes through a transition; None stands for any."""

    def __init__(self, *, entities: SomeEntitiesType, target_lifecycle_node: LifecycleNode | None = None,
                 transition: str | None = None, start_state: str | None = None, goal_state: str | None = None,
                 **kwargs: object) -> None:
        wanted = {'action': target_lifecycle_node, 'transition': transition, 'start_state': start_state,
                  'goal_state': goal_state}

        def matcher(event: Event) -> bool:
            return isinstance(event, StateTransition) and all(
                value is None or getattr(event, name) == value for name, value in wanted.items())

        super().__init__(matcher=matcher, entities=entities, **kwargs)
