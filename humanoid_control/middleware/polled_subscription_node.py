# SPDX-License-Identifier: Apache-2.0
"""A subscription that is asked, not called back: the shortest blocking receive that rclpy offers."""
from __future__ import annotations

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.qos import QoSProfile

from humanoid_control.middleware.unattended_group_node import subscribe_unattended


class PolledSubscription:
    """Takes serialized messages of one topic; for use in one thread."""

    def __init__(self, node: Node, message_type: type, topic: str, qos: QoSProfile):
        self.subscription = subscribe_unattended(node, message_type, topic, qos, raw=True)
        self._handle = self.subscription.handle
        self._type = message_type
        with node.context.handle:
            self._wait_set = rclpy_implementation.WaitSet(1, 0, 0, 0, 0, 0, node.context.handle)

    def take(self) -> bytes | None:
        """The oldest message that waits, or None."""
        taken = self._handle.take_message(self._type, True)
        return None if taken is None else taken[0]

    def wait(self, timeout: float) -> bytes | None:
        """The next message, waiting at most `timeout` [s] for it; None when there was none."""
        message = self.take()
        if message is not None or timeout <= 0:
            return message
        self._wait_set.clear_entities()
        self._wait_set.add_subscription(self._handle)
        self._wait_set.wait(int(timeout * 1e9))
        return self.take()
