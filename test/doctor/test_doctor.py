# SPDX-License-Identifier: Apache-2.0
"""The doctor's program on a real graph."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

import pytest
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import String


def doctor(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, '-m', 'humanoid_control.doctor.doctor_node', *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def half_a_line():
    """A simulator that publishes joint_states at a tenth of the rate, stamped as in simulation, and odom of a wrong type.

    On diagnostics it is two nodes, of which one stamps with the simulated time.
    """
    context = Context()
    context.init()
    node = Node('simulator', context=context)
    joints = node.create_publisher(JointState, 'joint_states', 1)
    node.create_publisher(String, 'odom', 1)
    reports = node.create_publisher(DiagnosticArray, 'diagnostics', 1)
    tick = 0

    def publish() -> None:
        nonlocal tick
        tick += 1
        message = JointState()
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(tick * 100_000_000, 1_000_000_000)
        joints.publish(message)
        if tick % 10 == 0:
            report = DiagnosticArray()
            report.header.stamp.sec = tick // 10 if tick % 20 else 1_700_000_000
            reports.publish(report)

    node.create_timer(0.05, publish)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    running = True

    def spin() -> None:
        while running:
            executor.spin_once(timeout_sec=0.1)

    thread = threading.Thread(target=spin)
    thread.start()
    yield node
    running = False
    thread.join()
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()


def test_an_empty_graph_is_reported_and_fails():
    result = doctor('--time', '0.5')
    assert result.returncode == 1
    assert 'nothing is running' in result.stdout and 'Next step line: start the line' in result.stdout


def test_a_sick_graph_is_examined(half_a_line):
    result = doctor('--time', '8', '--json')
    assert result.returncode == 1, result.stderr
    report = json.loads(result.stdout)
    assert report['seen']['nodes'] == ['simulator']
    # twenty messages a second whose stamps are 0.1 s apart: 10 Hz of the robot's time
    assert report['seen']['topics']['joint_states']['rate'] == pytest.approx(10.0, rel=0.2)
    assert report['seen']['topics']['diagnostics']['rate'] == pytest.approx(2.0, rel=0.5)
    subjects = {finding['subject']: finding for finding in report['findings']}
    assert 'expected nav_msgs/msg/Odometry' in subjects['odom']['text']
    assert '10.0 Hz instead of 100 Hz' in subjects['joint_states']['text']
    assert 'joint_commands' in subjects['balance']['text']


def test_wrong_arguments_are_refused_by_name():
    result = doctor('--time', '0')
    assert result.returncode == 2 and '--time' in result.stderr


def test_it_answers_within_seconds():
    begin = time.process_time()
    assert doctor('--help').returncode == 0
    assert time.process_time() - begin < 5.0
