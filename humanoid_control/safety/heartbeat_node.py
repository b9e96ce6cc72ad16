# SPDX-License-Identifier: Apache-2.0
"""The supervisor's heartbeat for a node on the control path."""

from __future__ import annotations

import math
import time

from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import UInt8

from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.safety.stop_listener import StopListener

BYTE_PLACE = 4  # of the value in a serialized std_msgs/UInt8


class Heartbeat:
    """Listens to `safety/heartbeat` when it is asked; for use in one thread.

    Attributes:
        category: stop to carry out, as of the last `listen`.
    """

    def __init__(self, node: Node, required: bool):
        """
        Args:
            required: see StopListener.
        """
        self._node = node
        self._listener = StopListener(required)
        self._heartbeats = PolledSubscription(node, UInt8, 'safety/heartbeat', QoSProfile(depth=1))
        self._begin = time.monotonic()
        self.category = StopCategory.NONE

    def listen(self) -> bool:
        """Read what came since; whether the stop has changed."""
        wall = time.monotonic()
        message = self._heartbeats.take()
        if message is not None:
            self._listener.heard(message[BYTE_PLACE], wall)
        before, self.category = self.category, self._listener.category(wall)
        return self.category is not before

    @property
    def heard(self) -> bool:
        """Whether there has ever been a supervisor."""
        return math.isfinite(self._listener.silence(time.monotonic()))

    @property
    def reason(self) -> str:
        """Why the robot is stopped, for people; empty while it is free to work."""
        return self._listener.reason(time.monotonic())

    @property
    def silent(self) -> float:
        """Time without a heartbeat [s] of real time, before the first since this began to listen."""
        return min(time.monotonic() - self._begin, self._listener.silence(time.monotonic()))

    def destroy(self) -> None:
        """Take the topic down."""
        self._node.destroy_subscription(self._heartbeats.subscription)
