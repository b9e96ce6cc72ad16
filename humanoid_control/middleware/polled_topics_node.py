# SPDX-License-Identifier: Apache-2.0
"""Subscriptions that are read when there is time for them, not when a message comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from humanoid_control.middleware.unattended_group_node import subscribe_unattended

SENSOR = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class PolledTopics:
    """A set of topics of one node, read together by `poll`.

    Messages that nobody reads cost neither a wake-up nor deserialization, so that watching a fast topic slowly is
    cheap. All methods belong to the thread that spins the node.
    """

    def __init__(self, node: Node):
        self._node = node
        self._topics: list[tuple[Subscription, Callable[[Any], None]]] = []

    def add(
        self,
        message_type: type,
        topic: str,
        read: Callable[[Any], None],
        qos: QoSProfile | int = SENSOR,
        *,
        raw: bool = False,
    ) -> None:
        """Subscribe; `read` gets the messages (bytes if `raw`) during `poll`, oldest first, at most the QoS depth of them."""
        self._topics.append((subscribe_unattended(self._node, message_type, topic, qos, raw), read))

    def poll(self) -> int:
        """Read what has come since; returns the number of messages."""
        count = 0
        for subscription, read in self._topics:
            while (message := _take(subscription)) is not None:
                read(message)
                count += 1
        return count

    def close(self) -> None:
        """End all subscriptions."""
        for subscription, _ in self._topics:
            self._node.destroy_subscription(subscription)
        self._topics.clear()


def _take(subscription: Subscription) -> Any:
    """Next message or None."""
    with subscription.handle:
        taken = subscription.handle.take_message(subscription.msg_type, subscription.raw)
    return None if taken is None else taken[0]
