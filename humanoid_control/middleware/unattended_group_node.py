# SPDX-License-Identifier: Apache-2.0
"""Subscriptions that executors leave alone."""
from __future__ import annotations

from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription


class _UnattendedGroup(CallbackGroup):
    """No executor waits for entities of this group or executes them."""

    def can_execute(self, entity: object) -> bool:
        return False

    def beginning_execution(self, entity: object) -> bool:
        return False

    def ending_execution(self, entity: object) -> None:
        return None


def subscribe_unattended(node: Node, message_type: type, topic: str, qos: QoSProfile | int, raw: bool = False) -> Subscription:
    """A subscription whose messages wake nobody and wait until they are taken from its handle."""
    return node.create_subscription(message_type, topic, _ignore, qos, callback_group=_UnattendedGroup(), raw=raw)


def _ignore(message: object) -> None:
    """Never called: no executor executes the group."""
