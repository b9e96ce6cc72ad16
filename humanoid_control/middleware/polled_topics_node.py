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
        self._topics: list[tuple[Subscription, Callable[..., None], bool]] = []

    def add(
        self,
        message_type: type,
        topic: str,
        read: Callable[..., None],
        qos: QoSProfile | int = SENSOR,
        *,
        raw: bool = False,
        info: bool = False,
    ) -> None:
        """Subscribe; `read` gets the messages (bytes if `raw`) during `poll`, oldest first, at most the QoS depth of them.

        With `info` it also gets a mapping with `received_timestamp` and `source_timestamp` [ns] of each.
        """
        self._topics.append((subscribe_unattended(self._node, message_type, topic, qos, raw), read, info))

    def poll(self) -> int:
        """Read what has come since; returns the number of messages."""
        count = 0
        for subscription, read, info in self._topics:
            while (taken := _take(subscription)) is not None:
                if info:
                    read(*taken)
                else:
                    read(taken[0])
                count += 1
        return count

    def close(self) -> None:
        """End all subscriptions."""
        for subscription, _, _ in self._topics:
            self._node.destroy_subscription(subscription)
        self._topics.clear()


def _take(subscription: Subscription) -> tuple[Any, dict[str, int]] | None:
    """Next message and what is known of it, or None."""
    with subscription.handle:
        return subscription.handle.take_message(subscription.msg_type, subscription.raw)
