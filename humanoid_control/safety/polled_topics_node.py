# SPDX-License-Identifier: Apache-2.0
"""Subscriptions that are read when there is time for them, not when a message comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

SENSOR = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class _NeverGroup(CallbackGroup):
    """Keeps its subscriptions out of the executor: a message then wakes nobody."""

    def can_execute(self, entity: object) -> bool:
        """False: the executor leaves the entity alone."""
        return False

    def beginning_execution(self, entity: object) -> bool:
        """False, too."""
        return False

    def ending_execution(self, entity: object) -> None:
        """Never called."""


class PolledTopics:
    """A set of topics of one node, read together by `poll`.

    Messages that nobody reads cost neither a wake-up nor deserialization, so that watching a fast topic slowly is
    cheap. All methods belong to the thread that spins the node.
    """

    def __init__(self, node: Node):
        self._node = node
        self._group = _NeverGroup()
        self._topics: list[tuple[Subscription, Callable[[Any], None]]] = []

    def add(
        self,
        message_type: type,
        topic: str,
        read: Callable[[Any], None],
        qos: QoSProfile = SENSOR,
        *,
        raw: bool = False,
    ) -> None:
        """Subscribe; `read` gets the messages (bytes if `raw`) during `poll`, oldest first, at most the QoS depth of them."""
        subscription = self._node.create_subscription(
            message_type, topic, read, qos, callback_group=self._group, raw=raw
        )
        self._topics.append((subscription, read))

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
