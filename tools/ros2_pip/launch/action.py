# SPDX-License-Identifier: Apache-2.0
"""Base of all actions."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ros2_pip.unsupported import refuse_arguments

from .condition import Condition
from .launch_description_entity import LaunchDescriptionEntity

if TYPE_CHECKING:
    from .launch_context import LaunchContext


class Action(LaunchDescriptionEntity):
    """An intention, carried out when it is visited and its condition holds."""

    def __init__(self, *, condition: Condition | None = None, **unknown: object) -> None:
        refuse_arguments(self, unknown)
        self._condition = condition

    @property
    def condition(self) -> Condition | None:
        """The condition, if any."""
        return self._condition

    def get_sub_entities(self) -> list[LaunchDescriptionEntity]:
        """Entities visited after this action, if its condition holds."""
        return []

    def describe_sub_entities(self) -> list[LaunchDescriptionEntity]:
        return self.get_sub_entities() if self._condition is None else []

    def describe_conditional_sub_entities(self) -> list[tuple[str, Iterable[LaunchDescriptionEntity]]]:
        if self._condition is None:
            return []
        return [(f'Conditionally included by {self.describe()}', self.get_sub_entities())]

    def visit(self, context: LaunchContext) -> list[LaunchDescriptionEntity] | None:
        if self._condition is not None and not self._condition.evaluate(context):
            return None
        try:
            return self.execute(context)
        finally:
            self._announce_completion(context)

    def _announce_completion(self, context: LaunchContext) -> None:
        """Emits ExecutionComplete, now or when the future is done, if anyone listens."""
        from .events import ExecutionComplete  # here: events refer to actions

        event = ExecutionComplete(action=self)
        if not context.would_handle_event(event):
            return
        future = self.get_asyncio_future()
        if future is None:
            context.emit_event_sync(event)
        else:
            future.add_done_callback(lambda _: context.emit_event_sync(event))

    def execute(self, context: LaunchContext) -> list[LaunchDescriptionEntity] | None:
        """Does the work; gives entities to visit next."""
        return None
