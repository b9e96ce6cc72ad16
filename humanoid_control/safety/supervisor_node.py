# SPDX-License-Identifier: Apache-2.0
"""Node `supervisor`: reads what the robot says, publishes which stop is in force, serves stop and reset."""

from __future__ import annotations

import datetime
import os
import sys
import time
from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from rosgraph_msgs.msg import Clock as ClockMessage
from std_msgs.msg import ColorRGBA, String, UInt8
from std_srvs.srv import Trigger
from visualization_msgs.msg import Marker, MarkerArray

from humanoid_control.middleware.diagnostics_node import Diagnostics
from humanoid_control.middleware.polled_topics_node import LATCHED, PolledTopics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model import RobotConfiguration, load_urdf, share_path
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety.button.button_report import ButtonReport, ButtonWord
from humanoid_control.safety.fault_table import FaultTable
from humanoid_control.safety.node_reports import NodeReports
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.robot_topics_node import RobotTopics
from humanoid_control.safety.settings import SafetySettings
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.safety.supervisor import Supervisor

# on whichever robot: simulated, behind emulated motors, or real
CONTROL_PATH = ('balance', 'kinematics', 'walking', 'joint_driver', 'simulator', 'emulated_motors')
BUTTONS = {'stop': 'stop_pressed', 'hold': 'hold_pressed', 'power_off': 'power_off_pressed'}
GRAPH_PERIOD = 1.0  # [s] of real time between looks at who commands the joints
REPORT_PERIOD = 1.0  # [s] of real time between diagnostics
MARKER_PERIOD = 0.5  # [s] of real time between texts for rviz
NICENESS = -10
STATUSES = QoSProfile(depth=20, reliability=ReliabilityPolicy.BEST_EFFORT)
BUTTON_WORDS = QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE)
COLOUR = {
    StopCategory.NONE: (0.2, 0.8, 0.3),
    StopCategory.PROTECTIVE: (1.0, 0.7, 0.1),
    StopCategory.CONTROLLED_SIT: (1.0, 0.5, 0.1),
    StopCategory.POWER_OFF: (0.9, 0.1, 0.1),
}


class SupervisorNode(ProcessNode, Node):
    """Shell around Supervisor."""

    def __init__(self) -> None:
        # without parameter services: all parameters are read once, and each service costs time in every round
        super().__init__('supervisor', start_parameter_services=False)
        robot = RobotConfiguration.load(self._text('robot_file', 'robots/humanoid.yaml', 'robot file'))
        self._settings = SafetySettings.load(
            self._text('safety_file', 'safety.yaml', 'what is watched and how closely')
        )
        table = FaultTable.load(self._text('faults_file', 'faults.yaml', 'reactions and remedies'))
        # not use_sim_time: its subscription would wake this node with every tick of the world
        self._simulated = self.declare_parameter(
            'simulated', False, ParameterDescriptor(description="the robot's time comes from /clock", read_only=True)
        ).value
        self._supervisor = Supervisor(
            self._settings, table, LinkTree(load_urdf(share_path(robot.urdf))), robot, _wall_clock
        )
        self._base_frame = robot.frames.base
        self._diagnostics = Diagnostics(self, 'safety', robot.name)
        self._now = 0.0
        self._clock_arrival: float | None = None
        self._reports = NodeReports(CONTROL_PATH)
        self._commanders: tuple[str, ...] = ()
        self._due: dict[Callable, float] = {}
        self._connect(tuple(robot.legs))
        self._told = self._supervisor.state.mode
        self.get_logger().info('watching; holding the robot still until everything is seen')
        try:
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
        except PermissionError:
            self.get_logger().info('no right to a better priority: on a busy computer stops may come late')

    def _text(self, name: str, default: str, description: str) -> str:
        descriptor = ParameterDescriptor(description=description, read_only=True)
        return self.declare_parameter(name, str(share_path('config', *default.split('/'))), descriptor).value

    def _connect(self, sides: tuple[str, ...]) -> None:
        # the clock first: a pause between reading it and the rest then makes data look younger, never older
        self._topics = PolledTopics(self)
        if self._simulated:
            self._topics.add(ClockMessage, 'clock', self._on_clock)
        self._robot = RobotTopics(self._topics, sides)
        self._topics.add(DiagnosticArray, 'diagnostics', self._on_diagnostics, STATUSES)
        self._button: ButtonReport | None = None
        self._press: ButtonReport | None = None  # in this round, even if it was released in the same
        self._topics.add(String, 'safety/button', self._on_button, BUTTON_WORDS)
        self._heartbeat = self.create_publisher(UInt8, 'safety/heartbeat', 1)
        self._state = self.create_publisher(String, 'safety/state', LATCHED)
        self._markers = self.create_publisher(MarkerArray, 'markers', 1)
        for name, code in BUTTONS.items():
            self.create_service(
                Trigger, f'safety/{name}', lambda _, response, n=name, c=code: self._on_press(n, c, response)
            )
        self.create_service(Trigger, 'safety/reset', self._on_reset)

    def run(self) -> None:
        """Watch until `stop`, in rounds of real time: simulated time stands still when the simulator dies."""
        executor = SingleThreadedExecutor()
        executor.add_node(self)
        due = time.monotonic()
        while not self.stop:
            wait = due - time.monotonic()
            if wait > 0:
                executor.spin_once(timeout_sec=wait)  # only services wake it
                continue
            self._round()
            # rounds that were missed are not made up for
            due = max(due + 1.0 / self._settings.rate, time.monotonic())
        executor.shutdown()

    def _round(self) -> None:
        self._topics.poll()
        wall = time.monotonic()
        self._each(GRAPH_PERIOD, self._look_at_graph, wall)
        if not self._simulated:
            self._now = self.get_clock().now().nanoseconds * 1e-9
        observation = Observation(
            sample=self._robot.sample,
            now=self._now,
            wall=wall,
            simulated=self._simulated,
            clock_arrival=self._clock_arrival,
            commanders=self._commanders,
            node_errors=self._reports.errors(wall),
            button=self._press or self._button,
            temperature=self._reports.values('temperature', wall),
            voltage=self._reports.values('voltage', wall),
        )
        self._press = None
        self._supervisor.update(observation)
        for fault in self._supervisor.fresh:
            self.get_logger().error(f'{fault.code} {fault.subject}: {fault.title}: {fault.detail}. {fault.remedy}')
        self._publish()
        self._each(REPORT_PERIOD, self._publish_diagnostics, wall)
        self._each(MARKER_PERIOD, self._publish_marker, wall)

    def _each(self, period: float, action: Callable[[], None], wall: float) -> None:
        if wall >= self._due.get(action, 0.0):
            self._due[action] = wall + period
            action()

    def _publish(self) -> None:
        state = self._supervisor.state
        self._heartbeat.publish(UInt8(data=int(state.stop)))
        self._state.publish(String(data=state.to_json()))
        if state.mode != self._told:
            self._told = state.mode
            self.get_logger().info(f'{state.mode}: {state.stop.words}; {state.summary}')

    def _on_press(self, name: str, code: str, response: Trigger.Response) -> Trigger.Response:
        self._supervisor.press(code, f'safety/{name} was called', self._now)
        self._publish()
        self.get_logger().error(f'safety/{name} was called: {self._supervisor.state.stop.words}')
        response.success, response.message = True, self._supervisor.state.stop.words
        return response

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success, response.message = self._supervisor.reset(self._now)
        self._publish()
        self.get_logger().info(f'reset {"done" if response.success else "refused"}: {response.message}')
        return response

    def _on_clock(self, message: ClockMessage) -> None:
        self._now = message.clock.sec + 1e-9 * message.clock.nanosec
        self._clock_arrival = time.monotonic()

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        wall = time.monotonic()
        for status in message.status:
            self._reports.take(
                status.name,
                int.from_bytes(status.level, 'little'),
                status.message,
                [(pair.key, pair.value) for pair in status.values],
                wall,
            )

    def _on_button(self, message: String) -> None:
        self._button = ButtonReport.parse(message.data, time.monotonic())
        if self._button.word is ButtonWord.PRESSED:
            self._press = self._button

    def _look_at_graph(self) -> None:
        infos = self.get_publishers_info_by_topic(self.resolve_topic_name('joint_commands'))
        self._commanders = tuple(f'{info.node_namespace.rstrip("/")}/{info.node_name}' for info in infos)

    def _publish_diagnostics(self) -> None:
        state, remarks = self._supervisor.state, self._supervisor.remarks
        level = (
            DiagnosticStatus.OK
            if state.mode == 'running' and not remarks
            else DiagnosticStatus.WARN
            if state.stop >= StopCategory.PROTECTIVE
            else DiagnosticStatus.ERROR
        )
        values = {
            'stop category': int(state.stop),
            'faults': ', '.join(fault.code for fault in state.faults) or 'none',
            **{name: f'{value:g}' for name, value in state.figures.items()},
        }
        words = '; '.join((f'{state.mode}: {state.summary}', *remarks))
        self._diagnostics.publish(level, words, values, Time(seconds=self._now).to_msg())

    def _publish_marker(self) -> None:
        if self._markers.get_subscription_count() == 0:
            return
        state = self._supervisor.state
        marker = Marker(
            ns='safety', type=Marker.TEXT_VIEW_FACING, action=Marker.ADD, text=f'{state.mode}: {state.summary}'
        )
        marker.header.frame_id = self._base_frame  # stamp 0: wherever the base is
        marker.pose.position.z = 1.1
        marker.pose.orientation.w = 1.0
        marker.scale.z = 0.06
        red, green, blue = COLOUR[state.stop]
        marker.color = ColorRGBA(r=red, g=green, b=blue, a=1.0)
        self._markers.publish(MarkerArray(markers=[marker]))


def _wall_clock() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec='seconds')


def main() -> int:
    """Supervise until Ctrl-C; 1 when a file is bad."""
    return run_process('supervisor', SupervisorNode)


if __name__ == '__main__':
    sys.exit(main())
