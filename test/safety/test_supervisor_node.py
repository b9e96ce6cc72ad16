# SPDX-License-Identifier: Apache-2.0
"""Node `supervisor` over real topics, with a robot that only publishes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import WrenchStamped
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu, JointState
from standing_robot import StandingRobot
from std_msgs.msg import String, UInt8
from std_srvs.srv import Trigger

from humanoid_control.safety import SafetyState, StopCategory

PATIENCE = 30.0
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Robot:
    """Publishes what a standing robot publishes, on a simulated clock, and listens to the supervisor.

    Attributes:
        heartbeats, states: what was heard, newest last.
        silent: topics that are not published.
        frozen: time stands still; only /clock is repeated, as the simulator does.
    """

    def __init__(self) -> None:
        self.context = Context()
        self.context.init()
        self.node = node = Node('simulator', context=self.context)
        self.heartbeats: list[int] = []
        self.states: list[SafetyState] = []
        self.silent: set[str] = set()
        self.frozen = False
        self._standing = StandingRobot()
        kinds = {
            'joint_states': JointState,
            'whole_body/reference': JointState,
            'odom': Odometry,
            'imu/data': Imu,
            'l_sole/wrench': WrenchStamped,
            'r_sole/wrench': WrenchStamped,
            '/clock': Clock,
            'diagnostics': DiagnosticArray,
        }
        self.publishers = {topic: node.create_publisher(kind, topic, 1) for topic, kind in kinds.items()}
        node.create_subscription(UInt8, 'safety/heartbeat', lambda m: self.heartbeats.append(m.data), 10)
        node.create_subscription(
            String, 'safety/state', lambda m: self.states.append(SafetyState.from_json(m.data)), LATCHED
        )
        self.services = {
            name: node.create_client(Trigger, f'safety/{name}') for name in ('stop', 'hold', 'power_off', 'reset')
        }
        node.create_timer(0.02, self._publish)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(node)
        self._running = True
        self._thread = threading.Thread(target=self._spin)
        self._thread.start()

    @property
    def state(self) -> SafetyState | None:
        return self.states[-1] if self.states else None

    def call(self, name: str) -> Trigger.Response:
        assert self.services[name].wait_for_service(timeout_sec=PATIENCE)
        future = self.services[name].call_async(Trigger.Request())
        wait_for(future.done, f'an answer of safety/{name}')
        return future.result()

    def close(self) -> None:
        self._running = False
        self._thread.join()
        self._executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()

    def _spin(self) -> None:
        while self._running:
            self._executor.spin_once(timeout_sec=0.1)

    def _publish(self) -> None:
        if not self.frozen:
            for topic, message in self._messages().items():
                if topic not in self.silent:
                    self.publishers[topic].publish(message)
        clock = Clock()
        clock.clock.sec, clock.clock.nanosec = _split(self._standing.now)
        if '/clock' not in self.silent:
            self.publishers['/clock'].publish(clock)

    def _messages(self) -> dict[str, object]:
        sample = self._standing.observe().sample
        odom, imu = Odometry(), Imu()
        odom.pose.pose.position.z = float(sample.base[2, 3])
        for vector, values in (
            (imu.angular_velocity, sample.angular_velocity),
            (imu.linear_acceleration, sample.linear_acceleration),
        ):
            vector.x, vector.y, vector.z = map(float, values)
        messages: dict[str, object] = {
            'joint_states': JointState(
                name=list(sample.position),
                position=list(sample.position.values()),
                velocity=list(sample.velocity.values()),
                effort=list(sample.effort.values()),
            ),
            'whole_body/reference': JointState(name=list(sample.reference), position=list(sample.reference.values())),
            'odom': odom,
            'imu/data': imu,
        }
        for side, force in sample.sole_force.items():
            wrench = messages[f'{side}_sole/wrench'] = WrenchStamped()
            wrench.wrench.force.z = float(force[2])
            wrench.wrench.torque.x, wrench.wrench.torque.y, wrench.wrench.torque.z = map(
                float, sample.sole_torque[side]
            )
        for message in messages.values():
            message.header.stamp.sec, message.header.stamp.nanosec = _split(self._standing.now)
        return messages


def _split(seconds: float) -> tuple[int, int]:
    return int(seconds), int(seconds % 1.0 * 1e9)


def wait_for(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f'waited {PATIENCE:g} s for {what}'
        time.sleep(0.01)


@pytest.fixture
def robot():
    robot = Robot()
    yield robot
    robot.close()


@pytest.fixture
def supervisor(robot):
    process = subprocess.Popen(
        [sys.executable, '-m', 'humanoid_control.safety.supervisor_node', '--ros-args', '-p', 'simulated:=true'],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for(lambda: robot.state and robot.state.mode == 'running', 'a supervisor that has seen everything')
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=15)


def test_stop_hold_and_reset(robot, supervisor):
    assert robot.heartbeats[-1] == StopCategory.NONE
    assert robot.call('hold').success
    wait_for(lambda: robot.heartbeats[-1] == StopCategory.PROTECTIVE, 'category 2 in the heartbeat')
    answer = robot.call('stop')
    assert (answer.success, answer.message) == (True, 'sitting down')
    wait_for(lambda: robot.heartbeats[-1] == StopCategory.CONTROLLED_SIT, 'category 1 in the heartbeat')
    wait_for(
        lambda: [f.code for f in robot.state.faults] == ['hold_pressed', 'stop_pressed'],
        'both buttons among the faults',
    )
    answer = robot.call('reset')
    assert answer.success, answer.message
    wait_for(lambda: robot.heartbeats[-1] == StopCategory.NONE and not robot.state.faults, 'a robot that is free again')
    supervisor.send_signal(signal.SIGINT)
    output, _ = supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0 and 'Traceback' not in output
    assert 'safety/stop was called' in output


def test_a_dead_controller_stops_the_robot_until_it_is_back_and_reset(robot, supervisor):
    robot.silent = {'odom'}
    wait_for(lambda: robot.heartbeats[-1] == StopCategory.CONTROLLED_SIT, 'a sit after the loss of odom')
    wait_for(lambda: robot.state.faults, 'the fault')
    fault = robot.state.faults[0]
    assert (fault.code, fault.subject) == ('controller_silent', 'odom') and 'log of balance' in fault.remedy
    answer = robot.call('reset')
    assert not answer.success and 'still there' in answer.message
    robot.silent = set()
    wait_for(lambda: not robot.state.faults[0].active, 'the end of the cause')
    assert robot.call('reset').success
    wait_for(lambda: robot.state.mode == 'running', 'a running robot')


def test_a_paused_world_is_no_fault_and_a_silent_simulator_is(robot, supervisor):
    robot.frozen = True
    heard = len(robot.heartbeats)
    wait_for(lambda: len(robot.heartbeats) > heard + 20, 'a second of heartbeats while time stands still')
    assert robot.heartbeats[-1] == StopCategory.NONE
    robot.silent = {'/clock'}
    wait_for(lambda: robot.heartbeats[-1] == StopCategory.CONTROLLED_SIT, 'a stop after the loss of /clock')
    wait_for(lambda: 'simulator_silent' in {fault.code for fault in robot.state.faults}, 'the fault')


def test_a_button_that_is_pressed_shortly_stops_and_one_that_falls_silent_is_lost(robot, supervisor):
    button = robot.node.create_publisher(String, 'safety/button', 5)
    wait_for(lambda: button.get_subscription_count() == 1, 'the supervisor at the button')
    button.publish(String(data='pressed: /dev/input/event3'))
    button.publish(String(data='released'))
    wait_for(lambda: robot.heartbeats[-1] == StopCategory.CONTROLLED_SIT, 'a sit')
    wait_for(lambda: robot.state.faults and robot.state.faults[0].code == 'button_pressed', 'the fault')
    assert robot.state.faults[0].detail == '/dev/input/event3'
    # nobody says anything any more: as if the node had been killed
    wait_for(lambda: not robot.call('reset').success, 'a reset that the lost button hinders')
    button.publish(String(data='released'))
    wait_for(lambda: robot.call('reset').success, 'a reset')


def test_a_second_commander_is_named(robot, supervisor):
    first = robot.node.create_publisher(JointState, 'joint_commands', 1)
    other = Node('teleop', context=robot.context)
    second = other.create_publisher(JointState, 'joint_commands', 1)
    wait_for(lambda: robot.heartbeats[-1] == StopCategory.PROTECTIVE, 'a stop')
    wait_for(
        lambda: robot.state.faults and 'teleop' in robot.state.faults[0].detail, 'the name of the second commander'
    )
    other.destroy_publisher(second)
    robot.node.destroy_publisher(first)
    other.destroy_node()


def test_temperature_and_errors_come_by_diagnostics(robot, supervisor):
    hot = DiagnosticStatus(
        level=DiagnosticStatus.OK, name='joint_driver: l_knee', values=[KeyValue(key='temperature', value='92')]
    )
    bad = DiagnosticStatus(level=DiagnosticStatus.ERROR, name='balance: controller', message='damping')

    def told() -> set[str]:
        robot.publishers['diagnostics'].publish(DiagnosticArray(status=[hot, bad]))
        return {f'{fault.code} {fault.subject}' for fault in robot.state.faults}

    wait_for(lambda: {'temperature_high l_knee', 'node_reports_error balance: controller'} <= told(), 'both faults')


def test_a_bad_file_is_named_and_ends_the_node(tmp_path):
    file = tmp_path / 'safety.yaml'
    file.write_text('rate: 20\n')
    result = subprocess.run(
        [sys.executable, '-m', 'humanoid_control.safety.supervisor_node', '--ros-args', '-p', f'safety_file:={file}'],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert str(file) in result.stderr and "'sit' is missing" in result.stderr and 'Traceback' not in result.stderr
