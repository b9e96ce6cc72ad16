# SPDX-License-Identifier: Apache-2.0
"""ROS node that works a shift at the nut station and writes its report."""
from __future__ import annotations

import json
import sys
import time as wall_clock
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import WrenchStamped
from rcl_interfaces.msg import IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import String

from humanoid_control.kinematics.reach import ArmReach
from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.middleware.polled_topics_node import LATCHED, SENSOR, PolledTopics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model import RobotModel, SiteLayout, share_path
from humanoid_control.model.joint_state_codec import JointStateCodec, MessageLayoutError
from humanoid_control.model.versions import installed_versions
from humanoid_control.recording.run_folder import REPORT
from humanoid_control.safety.heartbeat_node import Heartbeat
from humanoid_control.safety.robot_topics_node import vector
from humanoid_control.safety.safety_state import SafetyState, SafetyStateError
from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.nut_cycle import CycleResult
from humanoid_control.work.nut_parameters import NutParameters
from humanoid_control.work.report import ShiftReport
from humanoid_control.work.report_page import report_page
from humanoid_control.work.report_picture import side_pictures
from humanoid_control.work.service_line_node import ServiceLine
from humanoid_control.work.shift import Shift, ShiftState
from humanoid_control.work.stop_policy import StopPolicy
from humanoid_control.work.trace_recorder import TraceRecorder
from humanoid_control.work.two_station_cycle import nut_cycle
from humanoid_control.work.workplace import Workplace
from humanoid_control.work.workplace_topics_node import WorkplaceTopics

PERIOD = 0.01             # [s] of joint_states
SILENCE = 10.0            # [s] of real time without a joint sample: the robot's nodes are gone
NAG_PERIOD = 5.0          # [s] of time between repeated log lines


class NutStationNode(ProcessNode, Node):
    """Wires the topics of the robot to a Workplace and steps the shift with every joint_states."""

    def __init__(self) -> None:
        super().__init__('nut_station')
        self._declare_parameters()
        self._robot = RobotModel.load(self._text('robot_file'))
        site = SiteLayout.of_files(self._text('layout_file'), self._text('station_file'))
        task = NutParameters.load(self._text('task_file'))
        self._workplace = Workplace(self._robot, site.feeder.station, ArmReach(self._robot), PERIOD)
        self._cycle = nut_cycle(self._workplace, task, site)
        self._shift = Shift(self._cycle, ServiceLine(self), self.get_parameter('cycles').value, self._cycle_ended,
                            seeing=lambda: self._robot_topics.sees)
        self._report = ShiftReport(seed=self.get_parameter('seed').value, robot=self._text('robot'), versions=installed_versions())
        self._codec = JointStateCodec(self._robot.actuated_names)
        self._recorder = TraceRecorder(self._robot, self._report.trace)
        self._image: bytes | None = None
        self._sole_wrenches: dict[str, bytes] = {}
        self._stage = ''
        self._last_sample = wall_clock.monotonic()
        self._begin = None
        self._policy = StopPolicy()
        self._heartbeat = Heartbeat(self, self.get_parameter('supervised').value)
        self._diagnostics = Diagnostics(self, 'work', self._robot.configuration.name)
        self._connect()
        self.get_logger().info(f'working {self._shift.cycles} cycles; waiting for joint_states, odom and stance')

    def _declare_parameters(self) -> None:
        def text(name: str, default: str, description: str) -> None:
            self.declare_parameter(name, default, ParameterDescriptor(description=description, read_only=True))

        text('robot', 'sim', "'sim' or 'real': goes into the report")
        text('robot_file', str(share_path('config', 'robots', 'humanoid.yaml')), 'robot file')
        text('station_file', str(share_path('config', 'stations', 'nut_station.yaml')), 'drawing of the station')
        text('layout_file', '', 'drawing of a site with feeder and fixture, instead of station_file; empty: that one')
        text('task_file', str(share_path('config', 'nut_station.yaml')), 'how the work is done')
        text('report', '', 'path of the JSON report; the HTML page is written beside it; empty: no report')
        text('run_folder', '', "folder of the run's recording, which gets a report, too; empty: none")
        self.declare_parameter('cycles', 3, ParameterDescriptor(
            description='number of cycles to work', read_only=True,
            integer_range=[IntegerRange(from_value=1, to_value=100_000, step=1)]))
        self.declare_parameter('supervised', False, ParameterDescriptor(
            description='without a safety supervisor wait for it', read_only=True))
        self.declare_parameter('seed', 0, ParameterDescriptor(description='seed of the simulation, for the report', read_only=True))

    def _text(self, name: str) -> str:
        return self.get_parameter(name).get_parameter_value().string_value

    def _connect(self) -> None:
        self.work = PolledSubscription(self, JointState, 'joint_states', SENSOR), self._on_joints
        # read with each joint_states: a wake-up for each of them would cost more than the work
        topics = self._topics = PolledTopics(self)
        topics.add(String, 'safety/state', self._on_safety_state, LATCHED)
        self._robot_topics = WorkplaceTopics(self, topics, self._workplace)
        # ground truth: goes into the report only
        topics.add(String, 'simulation/score', self._on_score, 10)
        topics.add(Image, 'head_camera/color/image_raw', self._on_image, raw=True)
        for side in self._workplace.hands:
            # looked at twice a second only: kept as bytes until then
            topics.add(WrenchStamped, f'{side}_sole/wrench', lambda m, s=side: self._sole_wrenches.update({s: m}), raw=True)
        self._status_publisher = self.create_publisher(String, 'work/status', LATCHED)
        # real time on purpose: simulated time stops when the simulator dies
        self.create_timer(REPORT_PERIOD, self._watch, clock=rclpy.clock.Clock(clock_type=rclpy.clock.ClockType.STEADY_TIME))

    def _on_joints(self, data: bytes) -> None:
        self._last_sample = wall_clock.monotonic()
        self._topics.poll()
        base = self._robot_topics.base
        if base is None or self.exit_code is not None:
            return
        try:
            stamp_ns, *joints = self._codec.unpack(data)
        except MessageLayoutError as error:
            self.get_logger().error(f'joint_states refused: {error}', throttle_duration_sec=NAG_PERIOD)
            return
        stamp, names = 1e-9 * stamp_ns, self._codec.names
        if self._begin is None:
            self._begin = (stamp, self._last_sample)
        try:
            self._workplace.observe(stamp, names, joints[0], base, self._robot_topics.wrist_forces)
        except WorkFailure as failure:
            self._shift.abort(failure)
        self._obey_supervisor()
        ended = self._shift.step()
        self._record(stamp, names, *joints)
        if not self._shift.paused:
            self._robot_topics.publish(stamp_ns)
        self._publish_status()
        if ended:
            self._finish()

    def _obey_supervisor(self) -> None:
        self._heartbeat.listen()
        try:
            self._shift.paused = self._policy.judge(self._heartbeat.category, self._heartbeat.reason, self._heartbeat.silent,
                                                    self._last_sample)
        except WorkFailure as failure:
            self._shift.abort(failure)

    def _on_safety_state(self, message: String) -> None:
        try:
            self._policy.faults = SafetyState.from_json(message.data).faults
        except SafetyStateError as error:
            self.get_logger().warning(str(error), throttle_duration_sec=5.0)

    def _on_score(self, message: String) -> None:
        self._report.add_score(json.loads(message.data))

    def _on_image(self, message: bytes) -> None:
        if not self._cycle.returning:      # the last look at the seats stays
            self._image = message

    def _record(self, stamp: float, names: Sequence[str], position: np.ndarray, _: np.ndarray, effort: np.ndarray) -> None:
        self._recorder.watch(names, effort)
        if self._workplace.stance is None or len(self._sole_wrenches) < 2 or not self._recorder.due(stamp):
            return
        wrenches = {}
        for side, raw in self._sole_wrenches.items():
            wrench = deserialize_message(raw, WrenchStamped).wrench
            wrenches[side] = (vector(wrench.force), vector(wrench.torque))
        self._recorder.sample(stamp, names, position, self._workplace.base, self._workplace.stance, wrenches)

    def _publish_status(self) -> None:
        shift = self._shift
        stage = self._cycle.stage if shift.state is ShiftState.WORKING else shift.state.value
        stage = f'paused, {shift.paused}' if shift.paused else stage
        if stage == self._stage:
            return
        self._stage = stage
        rate = self._report.rate('left', 'right')
        status = {'cycle': shift.number, 'cycles': shift.cycles, 'stage': stage, 'both_rate': rate, 'time_left_s': self._time_left()}
        self._status_publisher.publish(String(data=json.dumps(status)))
        shown = '-' if rate is None else f'{100 * rate:.0f} %'
        left = '' if status['time_left_s'] is None else f', {status["time_left_s"]:.0f} s left'
        self.get_logger().info(f'cycle {shift.number}/{shift.cycles}: {stage} (both sides so far {shown}{left})')

    def _time_left(self) -> float | None:
        durations = [r.duration for r in self._report.results.values()]
        if not durations:
            return None
        return float(np.mean(durations)) * (self._shift.cycles - len(durations))

    def _cycle_ended(self, number: int, result: CycleResult) -> None:
        self._report.add_cycle(number, result)
        if self._image is not None:
            image = deserialize_message(self._image, Image)
            for side, picture in side_pictures(image.data, image.width, image.height).items():
                self._report.pictures[side] = number, picture
        for side, seen in result.sides.items():
            if seen.failure is not None:
                self.get_logger().warning(f'cycle {number} {side}: given up, {seen.failure.code.value}: {seen.failure}; '
                                          f'{seen.failure.remedy}')
        sides = ', '.join(f'{side} {"seated" if r.seated else "not seated"}' for side, r in result.sides.items())
        self.get_logger().info(f'cycle {number}/{self._shift.cycles} done in {result.duration:.1f} s: {sides}')
        self._save(self._run_report(), '')  # also if the shift never comes to its end

    def _watch(self) -> None:
        self._report_work()
        if self.exit_code is None and wall_clock.monotonic() - self._last_sample > SILENCE:
            self._shift.abort(WorkFailure(FailureCode.SENSOR_LOST, f'joint_states has been silent for {SILENCE:.0f} s'))
            self._finish()

    def _report_work(self) -> None:
        shift, silent = self._shift, wall_clock.monotonic() - self._last_sample
        level, message = DiagnosticStatus.OK, self._stage or shift.state.value
        if shift.reason is not None:
            level, message = DiagnosticStatus.ERROR, f'given up, {shift.reason.code.value}: {shift.reason}'
        elif self._begin is None or silent > SILENCE / 2:
            level, message = DiagnosticStatus.STALE, 'waiting for joint_states, odom and stance'
        elif shift.paused:
            level = DiagnosticStatus.WARN
        rate = self._report.rate('left', 'right')
        self._diagnostics.publish(level, message, {
            'cycle': shift.number, 'cycles': shift.cycles, 'both sides seated': '-' if rate is None else f'{rate:.3f}',
            'age of joint_states [s]': f'{silent:.2f}'})

    def _finish(self) -> None:
        shift = self._shift
        if self._begin is not None and self._report.real_time_factor is None:
            elapsed = wall_clock.monotonic() - self._begin[1]
            self._report.real_time_factor = (self._workplace.time - self._begin[0]) / max(elapsed, 1e-9)
        if shift.reason is not None:
            self._report.aborted = f'{shift.reason.code.value}: {shift.reason}; {shift.reason.remedy}'
            self.get_logger().error(f'shift ended early: {self._report.aborted}')
        self._write_report()
        self.exit_code = 0 if shift.state is ShiftState.FINISHED else 1

    def _write_report(self) -> None:
        data = self._report.as_json()
        if data['both_rate'] is not None:
            self.get_logger().info(f'shift: both sides {100 * data["both_rate"]:.1f} % of {len(data["cycles"])} cycles, '
                                   f'median cycle {data["cycle_time_s"]["p50"]:.1f} s, falls {data["falls"]}')
        page = report_page(self._report)
        self._save(self._text('report'), page)
        self._save(self._run_report(), page)

    def _run_report(self) -> str:
        folder = self._text('run_folder')
        return str(Path(folder, REPORT)) if folder else ''

    def _save(self, path: str, page: str) -> None:
        """Write the report to a path, if there is one, and its page, if any, beside it."""
        if not path:
            return
        try:
            self._report.write_json(path)
            if page:
                Path(path).with_suffix('.html').write_text(page, encoding='utf-8')
        except OSError as error:
            # a full disk is no reason to stop working
            self.get_logger().error(f'report cannot be written to {path}: {error.strerror}')
            return
        if page:
            self.get_logger().info(f'report written to {path} and {Path(path).with_suffix(".html")}')


def main() -> int:
    """Work the shift; 0 when it finished or was ended by Ctrl-C, 1 when it was given up."""
    return run_process('nut_station', NutStationNode)


if __name__ == '__main__':
    sys.exit(main())
