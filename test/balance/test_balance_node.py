# SPDX-License-Identifier: Apache-2.0
"""Node `balance` over real topics, with the simulated robot in this process."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import PoseStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav_msgs.msg import Odometry
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import DescribeParameters, SetParameters
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

from humanoid_control.model import RobotModel
from humanoid_control.model.joint_state_codec import JointStateCodec
from humanoid_control.simulation.stand_in import StandIn

DOMAIN = int(os.environ['ROS_DOMAIN_ID'])     # set by the root conftest, one for each test process
NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)

TIMEOUT = 30.0


class Driver:
    """The robot's side of low_state and joint_commands, in lock-step, with ears on the other topics."""

    def __init__(self, robot: RobotModel):
        self.context = Context()
        rclpy.init(context=self.context, domain_id=DOMAIN)
        self.node = Node('driver', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.world = StandIn(1, {}, robot=robot, with_station=False)
        layout = self.world.layout
        self.state = JointStateCodec(layout.names)
        self._command = JointStateCodec(layout.joint_names)
        self.states = self.node.create_publisher(JointState, 'low_state', NEWEST)
        self.references = self.node.create_publisher(JointState, 'whole_body/reference', NEWEST)
        self.node.create_subscription(JointState, 'joint_commands', self._on_command, NEWEST, raw=True)
        self.stamp = -1
        self.heard: dict[str, list] = {}
        self.command = np.zeros((3, len(layout.joint_names)))
        for kind, topic, qos in ((DiagnosticArray, 'diagnostics', 10), (Odometry, 'odom', 10), (TFMessage, '/tf', 10),
                                 (PoseStamped, 'stance', LATCHED), (MarkerArray, 'markers', 10),
                                 (DiagnosticStatus, 'balance/status', LATCHED)):
            self.heard[topic] = []
            self.node.create_subscription(kind, topic, self.heard[topic].append, qos)

    def until(self, predicate: Callable[[], object], what: str) -> None:
        """Spin until the predicate holds."""
        end = time.monotonic() + TIMEOUT
        while not predicate():
            if time.monotonic() > end:
                pytest.fail(f'{what}: not within {TIMEOUT:g} s; last command stamped {self.stamp}, heard '
                            f'{ {topic: len(messages) for topic, messages in self.heard.items()} }')
            self.executor.spin_once(timeout_sec=0.02)

    def send(self, change: Callable[[np.ndarray], None] | None = None) -> None:
        """Publish the present state."""
        self.state.position[:], self.state.velocity[:], self.state.effort[:] = self.world.low_state()
        if change is not None:
            change(self.state.position)
        self.states.publish(self.state.pack(self.world.time_ns))

    def run(self, ticks: int, change: Callable[[np.ndarray], None] | None = None) -> None:
        """Send a state, wait for the command that answers it, apply it, step."""
        for _ in range(ticks):
            self.send(change)
            self.until(lambda: self.stamp == self.world.time_ns, f'the command for {self.world.time_ns}')
            self.world.apply(*self.command)
            self.world.step()

    def call(self, kind: type, name: str, request: object):
        """Answer of a service."""
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready, f'service {name}')
        future = client.call_async(request)
        self.until(future.done, f'answer of {name}')
        return future.result()

    def status(self) -> DiagnosticStatus:
        """The next diagnostic status."""
        self.heard['diagnostics'].clear()
        self.until(lambda: self.heard['diagnostics'], 'diagnostics')
        return self.heard['diagnostics'][0].status[0]

    def close(self) -> None:
        """Leave the graph."""
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)

    def _on_command(self, message: bytes) -> None:
        self.stamp, *values = self._command.unpack(message)
        self.command = np.array(values)


def start(**parameters: object) -> subprocess.Popen:
    """The node with parameters."""
    arguments = [a for name, value in parameters.items() for a in ('-p', f'{name}:={value}')]
    return subprocess.Popen([sys.executable, '-m', 'humanoid_control.balance.balance_node', '--ros-args', *arguments],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process: subprocess.Popen, number: int = signal.SIGINT) -> tuple[int, str]:
    """Exit code and output after a signal."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        output, _ = process.communicate(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        pytest.fail(f'balance did not end within 15 s of signal {number}: {output}')
    return process.returncode, output


@pytest.fixture
def driver(robot: RobotModel):
    driver = Driver(robot)
    yield driver
    driver.close()


@pytest.fixture
def balance(driver: Driver):
    """The running, active node; it has to end cleanly."""
    process = start(autostart=True)
    driver.until(lambda: driver.states.get_subscription_count() > 0
                 and driver.node.count_publishers('joint_commands') > 0, 'balance is there')
    driver.until(lambda: _first_answer(driver), 'first command')
    yield process
    code, output = finish(process)
    assert code == 0, output
    assert 'Traceback' not in output, output


def _first_answer(driver: Driver) -> bool:
    driver.send()
    driver.executor.spin_once(timeout_sec=0.05)
    return driver.stamp == driver.world.time_ns


def test_it_stands_and_tells_where(driver: Driver, balance: subprocess.Popen) -> None:
    driver.run(300)
    assert driver.world.truth is not None
    assert np.abs(driver.command[2]).max() > 10.0, 'no torque against gravity'
    stance = driver.heard['stance'][-1]
    assert stance.header.frame_id == 'odom'
    assert abs(stance.pose.position.x) < 0.01 and abs(stance.pose.orientation.w - 1.0) < 1e-3
    assert 40 <= len(driver.heard['odom']) <= 62
    odometry = driver.heard['odom'][-1]
    assert odometry.child_frame_id == 'base_link'
    assert 0.7 < odometry.pose.pose.position.z < 0.95
    frames = {(t.header.frame_id, t.child_frame_id) for t in driver.heard['/tf'][-1].transforms}
    assert frames == {('odom', 'base_link'), ('base_link', 'base_footprint')}
    markers = {m.ns for m in driver.heard['markers'][-1].markers}
    assert 'balance/support polygon' in markers
    status = driver.status()
    assert status.level == DiagnosticStatus.OK and status.message.startswith('standing')
    assert 'tick [us] p50, p99' in {v.key for v in status.values}


def test_it_follows_references_and_says_when_they_stop(driver: Driver, balance: subprocess.Popen,
                                                       robot: RobotModel) -> None:
    codec = JointStateCodec(driver.world.layout.joint_names)
    codec.position[:] = driver.world.low_state()[0][driver.world.layout.joints]
    gripper = codec.names.index(robot.configuration.arms['l'].gripper_joint)
    codec.position[gripper] = 0.01
    for _ in range(5):
        driver.references.publish(codec.pack(driver.world.time_ns))
        driver.run(10)
    assert driver.command[0, gripper] == 0.01
    driver.run(150)
    status = driver.status()
    assert status.level == DiagnosticStatus.WARN
    assert 'whole_body/reference is stale' in status.message


def test_bad_states_lead_to_damping_and_are_named(driver: Driver, balance: subprocess.Popen) -> None:
    driver.run(20)

    def spoil(position: np.ndarray) -> None:
        position[driver.world.layout.angular_velocity.start] = np.nan
    driver.run(20, spoil)
    assert not driver.command[1:].any()
    status = driver.status()
    assert status.level == DiagnosticStatus.ERROR
    assert status.message == 'damping: low_state makes no sense: imu/angular_velocity/x'


def test_a_fall_is_told_at_once_and_kept_until_a_reset(driver: Driver, balance: subprocess.Popen, robot: RobotModel) -> None:
    def said() -> str:
        return driver.heard['balance/status'][-1].message if driver.heard['balance/status'] else ''

    driver.run(20)
    driver.until(lambda: said() == 'standing', 'that it stands')
    driver.world.push(robot.configuration.frames.torso, (160.0, 0.0, 0.0), 3.0)
    driver.run(500)
    driver.until(lambda: said() == 'fallen: a fall is predicted, the mass runs out of reach of any step', 'the fall')
    assert driver.heard['balance/status'][-1].level == DiagnosticStatus.ERROR
    assert not driver.command[1:].any()
    driver.world.reset()
    driver.run(20)
    assert not driver.command[2].any(), 'it stands up by itself'
    answer = driver.call(Trigger, 'balance/reset', Trigger.Request())
    assert answer.success and 'a fall is predicted' in answer.message
    driver.run(200)
    driver.until(lambda: said() == 'standing', 'that it stands again')
    answer = driver.call(Trigger, 'balance/reset', Trigger.Request())
    assert answer.success and 'nothing to reset' in answer.message


def test_a_state_of_another_robot_is_refused_by_name(driver: Driver, balance: subprocess.Popen) -> None:
    driver.run(5)
    names = ['tail', *driver.world.layout.names[1:]]
    driver.states.publish(JointStateCodec(names).pack(driver.world.time_ns))

    def refused() -> bool:
        values = {v.key: v.value for v in driver.status().values}
        return "unknown ['tail']" in values.get('last refusal', '')
    driver.until(refused, 'the refusal in diagnostics')
    assert not driver.command[2].any()


def test_gains_have_units_and_ranges_and_change_while_running(driver: Driver, balance: subprocess.Popen) -> None:
    request = DescribeParameters.Request(names=['hand.stiffness'])
    descriptor = driver.call(DescribeParameters, 'balance/describe_parameters', request).descriptors[0]
    assert '[1/s^2]' in descriptor.description
    assert descriptor.floating_point_range[0].to_value == 3000.0

    def set_to(value: float) -> bool:
        number = ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=value)
        request = SetParameters.Request(parameters=[Parameter(name='hand.stiffness', value=number)])
        return driver.call(SetParameters, 'balance/set_parameters', request).results[0].successful
    assert set_to(250.0)
    assert not set_to(-1.0)
    driver.run(50)


def test_lifecycle_by_services(driver: Driver) -> None:
    process = start()

    def change(transition: int) -> bool:
        request = ChangeState.Request(transition=Transition(id=transition))
        return driver.call(ChangeState, 'balance/change_state', request).success
    assert change(Transition.TRANSITION_CONFIGURE)
    driver.send()
    driver.executor.spin_once(timeout_sec=0.2)
    assert driver.stamp == -1, 'an inactive node must not command'
    assert change(Transition.TRANSITION_ACTIVATE)
    driver.until(lambda: _first_answer(driver), 'first command')
    driver.run(100)
    assert driver.command[2].any()
    assert change(Transition.TRANSITION_DEACTIVATE)
    driver.until(lambda: not driver.command[2].any(), 'a last command without effort')
    assert change(Transition.TRANSITION_ACTIVATE)
    driver.until(lambda: _first_answer(driver), 'command after the second activation')
    driver.run(20)
    assert driver.command[2].any()
    code, output = finish(process, signal.SIGTERM)
    assert code == 0 and 'Traceback' not in output, output


@pytest.mark.parametrize('parameter', ['robot_file', 'balance_file'])
def test_a_missing_file_ends_the_node_with_its_name(tmp_path: Path, parameter: str) -> None:
    process = start(autostart=True, **{parameter: tmp_path / 'nothing.yaml'})
    output, _ = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 1
    assert 'nothing.yaml' in output and 'Traceback' not in output, output
