# SPDX-License-Identifier: Apache-2.0
"""Eyes and fingers of a test on one launched robot, and the ids of its processes."""
from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import String, UInt8
from std_srvs.srv import Trigger

from humanoid_control.safety import SafetyState

SENSOR = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
PATIENCE = 90.0      # [s]


class RobotWatch:
    """Listens to one robot in a namespace.

    Attributes:
        node: for further topics.
        latest: newest message by topic.
        complaints: messages of diagnostics above OK, by status name.
        values: what the newest diagnostics tell, by status name and key.
    """

    def __init__(self, namespace: str = ''):
        self.node: Node = rclpy.create_node('watch', namespace=namespace)
        self.latest: dict[str, object] = {}
        self.complaints: dict[str, str] = {}
        self.values: dict[str, dict[str, str]] = {}
        for name, kind, qos in (('odom', Odometry, SENSOR), ('joint_states', JointState, SENSOR),
                                ('whole_body/reference', JointState, SENSOR), ('safety/heartbeat', UInt8, 1),
                                ('safety/state', String, LATCHED)):
            self.node.create_subscription(kind, name, lambda m, n=name: self.latest.__setitem__(n, m), qos)
        self.node.create_subscription(DiagnosticArray, 'diagnostics', self._on_diagnostics, 20)

    def wait_for(self, predicate: Callable[[], object], what: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Spin until a predicate holds; the failure says what was awaited and what was seen last."""
        end = time.monotonic() + PATIENCE
        while not predicate():
            if time.monotonic() > end:
                raise AssertionError(f'{what} did not come within {PATIENCE} s; seen: {sorted(self.latest)}, {self.state}, '
                                     f'{self.complaints}')
            meanwhile()
            rclpy.spin_once(self.node, timeout_sec=0.1)

    def call(self, service: str, kind: type = Trigger, **fields: object) -> Trigger.Response:
        """Answer of a service to a request with the given fields."""
        client = self.node.create_client(kind, service)
        self.wait_for(client.service_is_ready, f'the service {service}')
        future = client.call_async(kind.Request(**fields))
        self.wait_for(future.done, f'an answer of {service}')
        self.node.destroy_client(client)
        return future.result()

    def pass_time(self, seconds: float) -> None:
        """Wait until simulated time went on."""
        begin = self.time
        self.wait_for(lambda: self.time > begin + seconds, f'{seconds} simulated seconds')

    @property
    def state(self) -> SafetyState | None:
        """What the supervisor said last."""
        message = self.latest.get('safety/state')
        return None if message is None else SafetyState.from_json(message.data)

    @property
    def mode(self) -> str:
        """Mode of the supervisor."""
        return self.state.mode if self.state else ''

    def faults(self) -> dict[str, str]:
        """Remedies of the latched faults by their codes."""
        return {fault.code: fault.remedy for fault in self.state.faults} if self.state else {}

    @property
    def height(self) -> float:
        """Of the base as estimated [m]; 0 before it is known."""
        return self.latest['odom'].pose.pose.position.z if 'odom' in self.latest else 0.0

    @property
    def time(self) -> float:
        """Simulated time [s] of the newest joint_states."""
        if 'joint_states' not in self.latest:
            return 0.0
        stamp = self.latest['joint_states'].header.stamp
        return stamp.sec + 1e-9 * stamp.nanosec

    def joint(self, name: str) -> float:
        """Angle of a joint [rad]; NaN before it is known."""
        if 'joint_states' not in self.latest:
            return float('nan')
        message = self.latest['joint_states']
        return message.position[list(message.name).index(name)]

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            self.values[status.name] = {pair.key: pair.value for pair in status.values}
            if status.level == b'\x00':
                self.complaints.pop(status.name, None)
            else:
                self.complaints[status.name] = status.message


def pid_of(executable: str) -> int:
    """Process id of a child of this process that runs an executable of the package.

    Raises LookupError when there is none.
    """
    for entry in Path('/proc').glob('[0-9]*'):
        try:
            parent = int((entry / 'stat').read_text().rpartition(')')[2].split()[1])
            words = (entry / 'cmdline').read_bytes().split(b'\0')
        except OSError:
            continue
        if parent == os.getpid() and any(word.endswith(f'humanoid_assembly/{executable}'.encode()) for word in words):
            return int(entry.name)
    raise LookupError(f'no process runs {executable}')
