# SPDX-License-Identifier: Apache-2.0
"""What a node says of itself on `diagnostics`."""
from __future__ import annotations

from collections.abc import Mapping

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

REPORT_PERIOD = 1.0  # [s] of real time between two statuses: the rate of REP-107


class Diagnostics:
    """Publishes one status of a node, named `NODE: what` as diagnostic aggregators expect it (REP-107)."""

    def __init__(self, node: Node, what: str, hardware_id: str):
        """
        Args:
            what: the part of the node that is reported.
            hardware_id: what it runs or looks after: the robot's name, a camera's, `simulation`.
        """
        self._node, self._what, self._hardware_id = node, what, hardware_id
        self._publisher = node.create_publisher(DiagnosticArray, 'diagnostics', 1)

    def publish(self, level: bytes, message: str, values: Mapping[str, object], stamp: Time | None = None) -> None:
        """Send the status now; `stamp`: another time than that of the node's clock."""
        status = DiagnosticStatus(
            level=level,
            name=f'{self._node.get_name()}: {self._what}',
            message=message,
            hardware_id=self._hardware_id,
            values=[KeyValue(key=key, value=str(value)) for key, value in values.items()],
        )
        array = DiagnosticArray(status=[status])
        array.header.stamp = stamp or self._node.get_clock().now().to_msg()
        self._publisher.publish(array)

    def destroy(self) -> None:
        """Take the topic down."""
        self._node.destroy_publisher(self._publisher)
