# SPDX-License-Identifier: Apache-2.0
"""A fast topic of which only the messages around an image are read."""

from __future__ import annotations

import struct
from collections import deque

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message

from humanoid_control.middleware.unattended_group_node import subscribe_unattended

_QUEUE = 150


class QueuedTopic:
    """Leaves stamped messages in the middleware's queue and reads only those that bracket a stamp.

    Being called back a hundred times a second costs more than the work on the images.
    """

    def __init__(self, node: Node, message_type: type, topic: str, duration: float = 3.0) -> None:
        """Subscribe; messages older than `duration` [s] are dropped."""
        qos = QoSProfile(depth=_QUEUE, reliability=ReliabilityPolicy.BEST_EFFORT)
        self.topic = topic
        self._type = message_type
        self._duration = duration
        self._subscription = subscribe_unattended(node, message_type, topic, qos, raw=True)
        self._messages: deque[tuple[float, bytes]] = deque()

    def drain(self) -> None:
        """Fetch what has come since the last call."""
        handle = self._subscription.handle
        with handle:
            while (taken := handle.take_message(self._type, True)) is not None:
                stamp = stamp_of(taken[0])
                if self._messages and stamp < self._messages[-1][0]:
                    self._messages.clear()  # time went back: the simulation was reset
                self._messages.append((stamp, taken[0]))
        while self._messages and self._messages[-1][0] - self._messages[0][0] > self._duration:
            self._messages.popleft()

    @property
    def newest_stamp(self) -> float:
        """Stamp [s] of the newest message fetched, -inf before the first."""
        return self._messages[-1][0] if self._messages else float('-inf')

    def around(self, stamp: float) -> list[tuple[float, object]]:
        """Return the last message before `stamp` [s] and the first not before it, as far as known, with stamps."""
        before = [m for m in self._messages if m[0] < stamp][-1:]
        after = [m for m in self._messages if m[0] >= stamp][:1]
        return [(s, deserialize_message(raw, self._type)) for s, raw in before + after]


def stamp_of(message: bytes) -> float:
    """Return the stamp [s] of a serialized message that begins with std_msgs/Header (CDR, 4 bytes of encapsulation)."""
    seconds, nanoseconds = struct.unpack_from('<iI' if message[1] & 1 else '>iI', message, 4)
    return seconds + 1e-9 * nanoseconds
