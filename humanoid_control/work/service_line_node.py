# SPDX-License-Identifier: Apache-2.0
"""Production line behind a service."""
from __future__ import annotations

from rclpy.node import Node
from std_srvs.srv import Trigger


class ServiceLine:
    """The production line behind the service `line/next_part`."""

    def __init__(self, node: Node):
        self._client = node.create_client(Trigger, 'line/next_part')
        self._future = None

    def request_next_part(self) -> None:
        """Call the service."""
        self._future = self._client.call_async(Trigger.Request())

    def next_part_ready(self) -> bool | None:
        """Answer of the service, None while it is under way."""
        if self._future is None or not self._future.done():
            return None
        return bool(self._future.result().success)
