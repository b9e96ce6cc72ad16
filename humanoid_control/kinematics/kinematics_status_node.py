# SPDX-License-Identifier: Apache-2.0
"""What the node `kinematics` tells people and other nodes about targets."""
from __future__ import annotations

import time
from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from rclpy.node import Node

from humanoid_control.middleware.diagnostics_node import Diagnostics

# While the same trouble goes on with other numbers, it is told this often [s] on the topic and in the log.
STATUS_PERIOD = 0.2
LOG_PERIOD = 2.0


class KinematicsStatus:
    """Publishes `kinematics/status` on change, and `diagnostics` when asked."""

    def __init__(self, node: Node, robot: str) -> None:
        """`robot`: its name."""
        self._node = node
        self._status = node.create_publisher(DiagnosticStatus, 'kinematics/status', 10)
        self._diagnostics = Diagnostics(node, 'targets', robot)
        self._troubles: dict[str, str] = {}
        self._told: dict[str, float] = {}
        self._logged: dict[str, float] = {}

    def refuse(self, source: str, reason: str, level: bytes = DiagnosticStatus.WARN) -> None:
        """Tell why a target (`source`: its topic) is not followed."""
        now = time.monotonic()
        new = source not in self._troubles
        message = f'{source}: {reason}'
        if new or (message != self._troubles[source] and now - self._told[source] >= STATUS_PERIOD):
            self._publish(level, message, source)
            self._told[source] = now
            self._troubles[source] = message
        if now - self._logged.get(source, -LOG_PERIOD) >= LOG_PERIOD:
            self._node.get_logger().warning(message)
            self._logged[source] = now

    def accept(self, source: str) -> None:
        """Tell that a target is followed; silent unless it wasn't before."""
        if self._troubles.pop(source, None) is not None:
            self._publish(DiagnosticStatus.OK, f'{source}: followed', source)

    def diagnose(self, values: Mapping[str, object], problem: str | None, *, stale: bool = False) -> None:
        """Publish the node's own state; `problem` says what is wrong, None where nothing is.

        Without fresh joint_states it is `stale`: no error of this node, and none while a simulation is paused.
        """
        troubles = '; '.join(self._troubles.values())
        if stale:
            level = DiagnosticStatus.STALE
        else:
            level = DiagnosticStatus.ERROR if problem else DiagnosticStatus.WARN if troubles else DiagnosticStatus.OK
        self._diagnostics.publish(level, problem or troubles or 'following', values)

    def destroy(self) -> None:
        """Take the publishers down."""
        self._node.destroy_publisher(self._status)
        self._diagnostics.destroy()

    def _publish(self, level: bytes, message: str, source: str) -> None:
        self._status.publish(DiagnosticStatus(level=level, name=f'{self._node.get_fully_qualified_name()}: {source}',
                                              message=message, values=[KeyValue(key='target', value=source)]))
