# SPDX-License-Identifier: Apache-2.0
"""Running a lifecycle node."""
from __future__ import annotations

import threading
from concurrent.futures import Future

from launch import EventHandler, LaunchContext, SomeSubstitutionsType, logging
from lifecycle_msgs.msg import TransitionEvent
from lifecycle_msgs.srv import ChangeState as ChangeStateService

from ..events.lifecycle import ChangeState, StateTransition
from ..ros_adapter import get_ros_node
from .node import Node

POLL = 0.2  # time between looks at whether the launch ends [s]


class LifecycleNode(Node):
    """A node whose transitions are events, and that ChangeState events send through them."""

    def __init__(self, *, name: SomeSubstitutionsType, namespace: SomeSubstitutionsType, **kwargs: object) -> None:
        super().__init__(name=name, namespace=namespace, **kwargs)
        self._client = None

    def execute(self, context: LaunchContext) -> None:
        self._find_names(context)
        node = get_ros_node(context)
        node.create_subscription(
            TransitionEvent, f'{self.node_name}/transition_event',
            lambda message: context.asyncio_loop.call_soon_threadsafe(
                context.emit_event_sync, StateTransition(action=self, msg=message)), 10)
        self._client = node.create_client(ChangeStateService, f'{self.node_name}/change_state')
        context.register_event_handler(_OnChangeState(self))
        super().execute(context)

    def change_state(self, transition_id: int, context: LaunchContext) -> None:
        """Asks for a transition, without holding the launch up; an error says if it fails."""
        context.add_completion_future(context.asyncio_loop.run_in_executor(None, self._call, transition_id, context))

    def _call(self, transition_id: int, context: LaunchContext) -> None:
        logger = logging.get_logger(__name__)
        while not self._client.wait_for_service(timeout_sec=POLL):
            if context.is_shutdown:
                logger.warning(f"Abandoning wait for the '{self._client.srv_name}' service, due to shutdown.")
                return
        request = ChangeStateService.Request()
        request.transition.id = transition_id
        answered = threading.Event()
        response: Future = self._client.call_async(request)
        response.add_done_callback(lambda _: answered.set())
        while not answered.wait(POLL):
            if context.is_shutdown:
                logger.warning(f"Abandoning wait for the '{self._client.srv_name}' service response, due to shutdown.")
                return
        if not response.result().success:
            logger.error(f"Failed to make transition '{ChangeState.valid_transitions[transition_id]}' "
                         f"for LifecycleNode '{self.node_name}'")


class _OnChangeState(EventHandler):
    """Carries out ChangeState events meant for one node."""

    def __init__(self, node: LifecycleNode) -> None:
        super().__init__(matcher=lambda event: isinstance(event, ChangeState) and event.lifecycle_node_matcher(node))
        self._node = node

    def handle(self, event: ChangeState, context: LaunchContext) -> None:
        super().handle(event, context)
        self._node.change_state(event.transition_id, context)
