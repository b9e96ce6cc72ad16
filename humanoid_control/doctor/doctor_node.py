# SPDX-License-Identifier: Apache-2.0
"""`ros2 run humanoid_assembly doctor`: looks at the running graph for a few seconds and says what to do."""

from __future__ import annotations

import argparse
import importlib
import os
import struct
import sys
import time

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import GetState
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.topic_endpoint_info import TopicEndpointInfo
from rclpy.utilities import remove_ros_args
from rosgraph_msgs.msg import Clock
from std_msgs.msg import String

from humanoid_control.doctor.examination import FAST, SILENT, Level, examine
from humanoid_control.doctor.graph_sample import Complaint, Endpoint, GraphSample, TopicSample
from humanoid_control.doctor.process_watch import ProcessWatch
from humanoid_control.doctor.rate_counter import RateCounter
from humanoid_control.doctor.report_text import as_json, as_text
from humanoid_control.doctor.shared_memory import find_leftovers, remove_leftovers
from humanoid_control.doctor.topic_table import TopicTable
from humanoid_control.model.errors import HumanoidError
from humanoid_control.safety.safety_state import SafetyState, SafetyStateError

DISCOVERY = 5.0  # [s] at most until the graph is known
SETTLED = 1.0  # [s] without a new endpoint: the graph is known
LOOK = 0.2  # [s] between looks for what is new
PICTURES = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CameraInfo')
EXECUTABLES = (
    'simulator',
    'camera',
    'balance',
    'kinematics',
    'joint_driver',
    'emulated_motors',
    'walking',
    'supervisor',
    'stop_button',
    'station_localiser',
    'part_detector',
    'obstacle_detector',
    'nut_station',
    'view',
    'recorder',
)
LIFECYCLE_NODES = ('balance', 'kinematics', 'joint_driver')
MANY = QoSProfile(depth=200, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class DoctorNode(Node):
    """Listens to the graph."""

    def __init__(self, table: TopicTable, measure_fast: bool):
        super().__init__('doctor')
        self._table = table
        self._measure_fast = measure_fast
        self._counters: dict[str, RateCounter] = {}
        self._complaints: dict[str, Complaint] = {}
        self._safety: SafetyState | None = None
        self._clock: list[tuple[float, float]] = []
        self._states: dict[str, str] = {}

        self.create_subscription(String, 'safety/state', self._on_safety, LATCHED)
        self.create_subscription(DiagnosticArray, 'diagnostics', self._on_diagnostics, MANY)
        self.create_subscription(Clock, 'clock', self._on_clock, MANY, raw=True)
        self._state_clients = {name: self.create_client(GetState, f'{name}/get_state') for name in LIFECYCLE_NODES}

    def listen(self) -> None:
        """Subscribe to everything with a nominal rate that somebody publishes, and ask lifecycle nodes for their state.

        To be called again for what is discovered later.
        """
        for name, topic in self._table.topics.items():
            if name in self._counters or topic.rate == 0 or (topic.rate > FAST and not self._measure_fast):
                continue
            full = self.resolve_topic_name(name)
            # a picture that nobody looks at may not be drawn at all: asking for it would cost the robot
            if self.count_publishers(full) == 0 or (topic.type in PICTURES and self.count_subscribers(full) == 0):
                continue
            package, _, kind = topic.type.split('/')
            message = getattr(importlib.import_module(f'{package}.msg'), kind)
            # stamps of a topic in real time are of several clocks: nodes that read the time as it comes, and others
            stamped = 'header' in message.get_fields_and_field_types() and not topic.real_time
            counter = self._counters[name] = RateCounter(stamped)
            self.create_subscription(message, name, counter.read, MANY, raw=True)
        for name, client in self._state_clients.items():
            if name not in self._states and client.service_is_ready():
                self._states[name] = SILENT
                client.call_async(GetState.Request()).add_done_callback(lambda f, n=name: self._on_state(n, f))

    def names(self) -> tuple[str, ...]:
        """Nodes in this namespace, without the doctor and helpers of tools."""
        own = (self.get_name(), self.get_namespace())
        return tuple(
            sorted(
                {
                    name
                    for name, space in self.get_node_names_and_namespaces()
                    if space == own[1] and name != own[0] and not name.startswith(('_', 'ros2cli'))
                }
            )
        )

    def sample(self, watch: ProcessWatch) -> GraphSample:
        """What was seen."""
        leftovers = find_leftovers()
        faults = (
            ()
            if self._safety is None
            else tuple(
                (f'{fault.code} {fault.subject}'.strip() + f': {fault.detail}', fault.remedy)
                for fault in self._safety.faults
            )
        )
        return GraphSample(
            nodes=self.names(),
            inactive={name: state for name, state in self._states.items() if state != 'active'},
            topics={name: self._topic(name) for name in self._table.topics},
            processes=watch.samples(),
            complaints=tuple(c for c in self._complaints.values() if c.level > 0),
            simulated=bool(self._clock) or self.count_publishers('clock') > 0,
            time_factor=self._time_factor(),
            safety_mode='' if self._safety is None else f'{self._safety.mode} {self._safety.summary}'.strip(),
            faults=faults,
            leftovers=len(leftovers.files),
            leftover_mib=leftovers.mib,
        )

    def _topic(self, name: str) -> TopicSample:
        full = self.resolve_topic_name(name)
        publishers, subscribers = self.get_publishers_info_by_topic(full), self.get_subscriptions_info_by_topic(full)
        counter = self._counters.get(name)
        return TopicSample(
            types=tuple(sorted({info.topic_type for info in publishers})),
            publishers=tuple(map(_endpoint, publishers)),
            subscribers=tuple(_endpoint(info) for info in subscribers if info.node_name != self.get_name()),
            rate=None if counter is None else self._in_robot_time(name, counter),
        )

    def _in_robot_time(self, name: str, counter: RateCounter) -> float:
        """Rate [Hz] of the robot's time, which in simulation is not that of the arrivals."""
        factor = self._time_factor()
        by_arrival = not counter.stamped and not self._table[name].real_time
        return counter.rate() / factor if by_arrival and factor is not None else counter.rate()

    def _time_factor(self) -> float | None:
        if len(self._clock) < 2:
            return None
        wall, simulated = (last - first for first, last in zip(self._clock[0], self._clock[-1]))
        return simulated / wall if wall > 0 and simulated > 0 else None

    def _on_clock(self, message: bytes) -> None:
        seconds, nanoseconds = struct.unpack_from('<iI', message, 4)
        self._clock[1:] = [(time.monotonic(), seconds + 1e-9 * nanoseconds)]

    def _on_safety(self, message: String) -> None:
        try:
            self._safety = SafetyState.from_json(message.data)
        except SafetyStateError as error:
            self._complaints['safety/state'] = Complaint('safety/state', 2, str(error))

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            self._complaints[status.name] = Complaint(
                status.name, int.from_bytes(status.level, 'little'), status.message
            )

    def _on_state(self, name: str, future: rclpy.task.Future) -> None:
        self._states[name] = future.result().current_state.label


def _endpoint(info: TopicEndpointInfo) -> Endpoint:
    return Endpoint(info.node_name, info.qos_profile.reliability.name.lower(), info.qos_profile.durability.name.lower())


def _spin(executor: SingleThreadedExecutor, until: float) -> None:
    while (left := until - time.monotonic()) > 0:
        executor.spin_once(timeout_sec=left)


def _discover(node: DoctorNode, executor: SingleThreadedExecutor) -> None:
    """Wait until no new topic or node has shown up for a while."""
    end, quiet, known = time.monotonic() + DISCOVERY, time.monotonic() + SETTLED, (0, 0)
    while time.monotonic() < min(end, quiet):
        _spin(executor, time.monotonic() + LOOK)
        now_known = len(node.get_topic_names_and_types()), len(node.get_node_names())
        if now_known != known:
            known, quiet = now_known, time.monotonic() + SETTLED


def main() -> int:
    """Examine and report; 0 when nothing is wrong, 1 when something is, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog='doctor', description=__doc__)
    parser.add_argument('--json', action='store_true', help='report as JSON')
    parser.add_argument(
        '--time', type=float, default=3.0, metavar='S', help='how long to listen [s], 0.5 to 60 (default 3)'
    )
    parser.add_argument(
        '--all', action='store_true', help=f'measure topics faster than {FAST:g} Hz, too: this disturbs the controller'
    )
    parser.add_argument('--clean', action='store_true', help='remove shared memory that killed processes left, and end')
    arguments = parser.parse_args(remove_ros_args(sys.argv)[1:])
    if not 0.5 <= arguments.time <= 60:
        parser.error(f'--time: expected 0.5 to 60 s, got {arguments.time:g}')
    if arguments.clean:
        leftovers = find_leftovers()
        print(f'removed {remove_leftovers(leftovers)} of {len(leftovers.files)} files, {leftovers.mib:.0f} MiB')
        return 0
    rclpy.init()
    try:
        return _examine(arguments)
    except HumanoidError as error:
        print(f'doctor: {error}', file=sys.stderr)
        return 1
    except (KeyboardInterrupt, ExternalShutdownException):
        return 1
    finally:
        rclpy.try_shutdown()


def _examine(arguments: argparse.Namespace) -> int:
    table = TopicTable.load()
    node = DoctorNode(table, arguments.all)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    watch = ProcessWatch(EXECUTABLES, os.environ.get('ROS_DOMAIN_ID', ''))
    _discover(node, executor)
    end = time.monotonic() + arguments.time
    while (now := time.monotonic()) < end:
        node.listen()
        _spin(executor, min(end, now + LOOK))
    seen = node.sample(watch)
    findings = examine(table, seen)
    print(as_json(seen, findings) if arguments.json else as_text(table, seen, findings, colour=sys.stdout.isatty()))
    executor.shutdown()
    node.destroy_node()
    return int(any(finding.level == Level.ERROR for finding in findings))


if __name__ == '__main__':
    sys.exit(main())
