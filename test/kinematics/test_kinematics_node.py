# SPDX-License-Identifier: Apache-2.0
"""The node in one process with a stand-in for the robot; and as a process of its own."""
from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pinocchio as pin
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import PointStamped, PoseStamped
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64

from humanoid_control.kinematics.kinematics_node import KinematicsNode
from humanoid_control.model.joint_state_codec import JointStateCodec

DOMAIN = int(os.environ['ROS_DOMAIN_ID'])     # set by the root conftest, one for each test process
PATIENCE = 60.0  # [s] of wall time
TICK_NS = 10_000_000
SCRIPT = Path(__file__).parents[2] / 'scripts' / 'kinematics'
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Bench:
    """A kinematics node and everything around it, in one thread."""

    def __init__(self, robot, arguments: list[str]) -> None:
        rclpy.init(args=['--ros-args', *arguments], domain_id=DOMAIN)
        self.robot = robot
        self.node = rclpy.create_node('stand_in')
        self.kinematics = KinematicsNode()
        self.executor = SingleThreadedExecutor()
        for node in (self.node, self.kinematics):
            self.executor.add_node(node)
        self.references: list[JointState] = []
        self.statuses: list[DiagnosticStatus] = []
        self.diagnostics: list[DiagnosticStatus] = []
        self.node.create_subscription(JointState, 'whole_body/reference', self.references.append, 10)
        self.node.create_subscription(DiagnosticStatus, 'kinematics/status', self.statuses.append, 10)
        self.node.create_subscription(DiagnosticArray, 'diagnostics', lambda m: self.diagnostics.extend(m.status), 10)
        self.joint_states = self.node.create_publisher(JointState, 'joint_states', 5)
        self.stance = self.node.create_publisher(PoseStamped, 'stance', LATCHED)
        kinds = {'l_hand': PoseStamped, 'r_hand': PoseStamped, 'gaze': PointStamped, 'com_height': Float64,
                 'torso_pitch': Float64, 'l_gripper': Float64}
        self.targets = {name: self.node.create_publisher(kind, f'{name}/target', 1) for name, kind in kinds.items()}
        self.codec = JointStateCodec(robot.actuated_names)
        self.codec.position[:] = [*robot.stand_posture()[7:], 0.015, 0.016]
        self.stamp = 1_000_000_000

    def close(self) -> None:
        """Take everything down."""
        self.executor.shutdown()
        for node in (self.node, self.kinematics):
            node.destroy_node()
        rclpy.try_shutdown()

    def wait_for(self, predicate: Callable[[], object], what: str) -> None:
        """Spin until `predicate` holds; the failure says what was awaited and heard."""
        end = time.monotonic() + PATIENCE
        while not predicate():
            assert time.monotonic() < end, f'{what} did not come; heard {[s.message for s in self.statuses[-3:]]}'
            self.spin()

    def spin(self) -> None:
        """Let everybody have a turn."""
        self.kinematics.do_work(0.0)
        self.executor.spin_once(timeout_sec=0.005)

    def start(self) -> None:
        """Configure, activate, and take over the measured posture."""
        assert self.kinematics.trigger_configure() == TransitionCallbackReturn.SUCCESS
        assert self.kinematics.trigger_activate() == TransitionCallbackReturn.SUCCESS
        for publisher in (self.joint_states, *self.targets.values()):
            self.wait_for(lambda p=publisher: p.get_subscription_count() > 0, 'discovery')
        self.tick()

    def tick(self, count: int = 1) -> JointState:
        """Publish joint_states `count` times, each after the answer to the one before; returns the last answer."""
        for _ in range(count):
            self.stamp += TICK_NS
            heard = len(self.references)
            self.joint_states.publish(self.codec.pack(self.stamp))
            self.wait_for(lambda h=heard: len(self.references) > h, 'a reference')
        return self.references[-1]

    def send(self, name: str, message: object) -> None:
        """Publish a target and let the node take it."""
        self.targets[name].publish(message)
        end = time.monotonic() + 0.05
        while time.monotonic() < end:
            self.spin()

    def hand_pose(self, reference: JointState, side: str) -> pin.SE3:
        """Gripper pose of a reference in the frame between its soles."""
        model, data = self.robot.model, self.robot.model.createData()
        pin.framesForwardKinematics(model, data, self.robot.configuration_of(reference.name, reference.position))
        soles = [data.oMf[self.robot.frame_id(f'{s}_sole')] for s in 'lr']
        stance = pin.SE3(soles[0].rotation, (soles[0].translation + soles[1].translation) / 2)
        return stance.actInv(data.oMf[self.robot.frame_id(f'{side}_gripper')])


@pytest.fixture
def make_bench(robot) -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(*arguments: str) -> Bench:
        benches.append(Bench(robot, list(arguments)))
        return benches[-1]

    yield make
    for bench in benches:
        bench.close()


@pytest.fixture
def bench(make_bench) -> Bench:
    bench = make_bench()
    bench.start()
    return bench


def pose(x: float, y: float, z: float, frame: str = 'base_footprint', stamp_ns: int = 0) -> PoseStamped:
    """Fingers down at a place."""
    message = PoseStamped()
    message.header.frame_id = frame
    message.header.stamp = rclpy.time.Time(nanoseconds=stamp_ns).to_msg()
    message.pose.position.x, message.pose.position.y, message.pose.position.z = x, y, z
    message.pose.orientation.w = 1.0
    return message


def test_every_joint_states_is_answered_with_its_stamp_and_all_joints(bench):
    for _ in range(5):
        reference = bench.tick()
        assert reference.header.stamp.sec * 10**9 + reference.header.stamp.nanosec == bench.stamp
        assert tuple(reference.name) == bench.robot.actuated_names
        assert len(reference.position) == len(reference.velocity) == 33
        assert np.isfinite([*reference.position, *reference.velocity]).all()


def test_it_takes_over_from_the_measured_posture(make_bench):
    bench = make_bench()
    bench.codec.position[:31] += np.random.default_rng(1).normal(scale=0.005, size=31)
    measured = bench.codec.position.copy()
    bench.start()
    np.testing.assert_allclose(bench.references[0].position, measured, atol=1e-9)
    second = bench.tick()
    assert np.abs(np.array(second.position) - measured).max() < 2e-3


def test_a_hand_target_is_followed(bench):
    bench.send('l_hand', pose(0.35, 0.25, 1.0))
    reached = bench.hand_pose(bench.tick(300), 'l')
    np.testing.assert_allclose(reached.translation, [0.35, 0.25, 1.0], atol=1e-3)
    assert not bench.statuses


def test_a_target_in_odom_goes_through_the_stance(bench):
    stance = pose(1.0, 2.0, 0.0, 'odom')
    stance.pose.orientation.z = stance.pose.orientation.w = math.sqrt(0.5)
    bench.stance.publish(stance)
    bench.wait_for(lambda: bench.kinematics._gate.stance is not None, 'the stance')
    target = pose(1.0 - 0.25, 2.0 + 0.35, 1.0, 'odom')
    target.pose.orientation.z = target.pose.orientation.w = math.sqrt(0.5)
    bench.send('l_hand', target)
    np.testing.assert_allclose(bench.hand_pose(bench.tick(300), 'l').translation, [0.35, 0.25, 1.0], atol=1e-3)


@pytest.mark.parametrize(('target', 'words'), [
    (pose(3.0, 0.0, 1.0), ['unreachable', 'm beyond reach']),
    (pose(math.nan, 0.0, 1.0), ['position', 'finite', 'nan']),
    (pose(0.3, 0.2, 1.0, 'map'), ['frame_id', 'map']),
    (pose(0.3, 0.2, 1.0, 'odom'), ['no stance received']),
    (pose(0.3, 0.2, 1.0, stamp_ns=TICK_NS), ['stale', 'past']),
])
def test_a_bad_hand_target_is_refused_with_the_reason_and_the_robot_holds(bench, target, words):
    before = np.array(bench.tick(3).position)
    bench.send('l_hand', target)
    bench.wait_for(lambda: bench.statuses, 'a status')
    status = bench.statuses[-1]
    assert status.level != DiagnosticStatus.OK
    assert all(word in status.message for word in ['l_hand/target', *words]), status.message
    after = np.array(bench.tick(50).position)
    arms = [i for i, name in enumerate(bench.robot.actuated_names) if name.startswith(('l_shoulder', 'l_elbow', 'l_wrist'))]
    np.testing.assert_allclose(after[arms], before[arms], atol=1e-3)


def test_a_good_target_after_a_bad_one_is_told(bench):
    bench.send('l_hand', pose(3.0, 0.0, 1.0))
    bench.wait_for(lambda: bench.statuses, 'a refusal')
    bench.send('l_hand', pose(0.35, 0.25, 1.0))
    bench.wait_for(lambda: len(bench.statuses) > 1, 'a second status')
    assert bench.statuses[-1].level == DiagnosticStatus.OK
    np.testing.assert_allclose(bench.hand_pose(bench.tick(300), 'l').translation, [0.35, 0.25, 1.0], atol=1e-3)


def test_numbers_move_body_and_gripper_and_bad_ones_are_refused(bench):
    names = list(bench.robot.actuated_names)
    bench.send('torso_pitch', Float64(data=0.2))
    bench.send('l_gripper', Float64(data=0.010))
    reference = bench.tick(200)
    assert reference.position[names.index('waist_pitch')] == pytest.approx(0.2, abs=0.02)
    assert reference.position[names.index('l_gripper_joint')] == 0.010
    assert reference.position[names.index('r_gripper_joint')] == 0.016
    for name, value, word in (('com_height', 3.0, 'com_height'), ('torso_pitch', math.nan, 'finite'), ('l_gripper', 0.2, 'l_gripper')):
        count = len(bench.statuses)
        bench.send(name, Float64(data=value))
        bench.wait_for(lambda c=count: len(bench.statuses) > c, 'a refusal')
        assert word in bench.statuses[-1].message


def test_the_head_turns_to_a_point(bench):
    names = list(bench.robot.actuated_names)
    message = PointStamped()
    message.header.frame_id = 'base_footprint'
    message.point.x, message.point.y, message.point.z = 1.0, 1.0, 1.5
    bench.send('gaze', message)
    assert bench.tick(250).position[names.index('head_yaw')] > 0.5


def test_time_that_jumps_back_starts_anew_from_the_measured_posture(bench):
    bench.send('l_hand', pose(0.35, 0.25, 1.0))
    bench.tick(100)
    bench.stamp = 0
    reference = bench.tick()
    np.testing.assert_allclose(reference.position, bench.codec.position, atol=1e-9)
    held = bench.tick(50)
    elbow = list(bench.robot.actuated_names).index('l_elbow')
    assert held.position[elbow] == pytest.approx(bench.codec.position[elbow], abs=1e-3)


def test_a_repeated_stamp_is_no_tick(bench):
    heard = len(bench.references)
    bench.joint_states.publish(bench.codec.pack(bench.stamp))
    bench.tick()
    assert len(bench.references) == heard + 1


def test_joint_states_of_another_robot_are_an_error_in_the_diagnostics(bench):
    bench.joint_states.publish(JointState(name=['a_joint'], position=[0.0], velocity=[0.0], effort=[0.0]))
    bench.wait_for(lambda: any(s.level == DiagnosticStatus.ERROR and 'a_joint' in s.message for s in bench.diagnostics), 'an error')
    bench.tick()


def test_silence_is_told_by_the_diagnostics(bench):
    bench.wait_for(lambda: any(s.level == DiagnosticStatus.STALE and 'no joint_states' in s.message
                               for s in bench.diagnostics), 'a stale status')


def test_the_diagnostics_tell_what_a_tick_costs(bench):
    bench.tick(20)
    bench.wait_for(lambda: any(v.key.startswith('tick') for s in bench.diagnostics for v in s.values), 'the time of a tick')


def test_a_deactivated_node_is_silent_and_comes_back(bench):
    assert bench.kinematics.trigger_deactivate() == TransitionCallbackReturn.SUCCESS
    heard = len(bench.references)
    bench.joint_states.publish(bench.codec.pack(bench.stamp + TICK_NS))
    bench.send('l_hand', pose(0.35, 0.25, 1.0))
    bench.wait_for(lambda: any('not active' in status.message for status in bench.statuses), 'a refusal')
    assert len(bench.references) == heard
    assert bench.kinematics.trigger_activate() == TransitionCallbackReturn.SUCCESS
    np.testing.assert_allclose(bench.tick().position, bench.codec.position, atol=1e-9)


def test_parameters_reach_the_settings(make_bench):
    bench = make_bench('-p', 'motion.hand.velocity:=0.1')
    bench.start()
    bench.send('l_hand', pose(0.35, 0.25, 1.0))
    start = bench.hand_pose(bench.tick(), 'l').translation
    moved = np.abs(bench.hand_pose(bench.tick(100), 'l').translation - start).max()
    assert 0.05 < moved < 0.11


def test_a_missing_robot_file_fails_the_configuration(make_bench):
    bench = make_bench('-p', 'robot_file:=/nowhere.yaml')
    assert bench.kinematics.trigger_configure() == TransitionCallbackReturn.FAILURE
    assert bench.kinematics.trigger_configure() == TransitionCallbackReturn.FAILURE


def start_process(*arguments: str) -> subprocess.Popen:
    """The executable with parameters."""
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}
    given = [part for argument in arguments for part in ('-p', argument)]
    return subprocess.Popen([sys.executable, str(SCRIPT), '--ros-args', *given], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_the_process_ends_quietly_when_told_to(robot, number):
    process = start_process('autostart:=true')
    rclpy.init(domain_id=DOMAIN)
    try:
        node = rclpy.create_node('stand_in')
        publisher = node.create_publisher(JointState, 'joint_states', 5)
        answers: list[JointState] = []
        node.create_subscription(JointState, 'whole_body/reference', answers.append, 5)
        codec = JointStateCodec(robot.actuated_names)
        codec.position[:31] = robot.stand_posture()[7:]
        end = time.monotonic() + PATIENCE
        while not answers and time.monotonic() < end:
            publisher.publish(codec.pack(time.monotonic_ns()))
            rclpy.spin_once(node, timeout_sec=0.05)
        assert answers
        for _ in range(200):  # the signal comes while messages are being answered
            publisher.publish(codec.pack(time.monotonic_ns()))
        process.send_signal(number)
        node.destroy_node()
    finally:
        rclpy.try_shutdown()
        process.send_signal(number)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    assert 'Traceback' not in output and 'leaked' not in output, output


@pytest.mark.parametrize(('argument', 'word'), [
    ('motion.hand.velocity:=-1.0', 'motion.hand.velocity'), ('motion.hand.speed:=1.0', 'motion.hand.speed'),
    ('kinematics_file:=/nowhere.yaml', '/nowhere.yaml')])
def test_a_bad_parameter_ends_the_process_with_its_name(argument, word):
    process = start_process(argument)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert word in output and 'Traceback' not in output, output
