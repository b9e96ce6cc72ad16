# SPDX-License-Identifier: Apache-2.0
"""Nodes of the drivers as processes, and a controller that talks to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String, UInt8

from bench.emulated_bench import ROBOT
from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.model.joint_state_codec import JointStateCodec

DOMAIN = int(os.environ['ROS_DOMAIN_ID'])  # set by the root conftest, one for each test process
TWO_TICKS = 4_000_000  # [ns]
PATIENCE = 60.0  # [s] of wall time; only a hang takes that long
RELIABLE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
ENVIRONMENT = {
    **os.environ,
    'ROS_DOMAIN_ID': str(DOMAIN),
    'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    'OMP_NUM_THREADS': '1',
}
MODULES = {
    'joint_driver': 'humanoid_control.drivers.joint_driver_node',
    'emulated_motors': 'humanoid_control.drivers.emulation.emulated_motors_node',
}


def start(node: str, **parameters: object) -> subprocess.Popen:
    arguments = [a for name, value in parameters.items() for a in ('-p', f'{name}:={value}')]
    return subprocess.Popen(
        [sys.executable, '-m', MODULES[node], '--ros-args', *arguments],
        env=ENVIRONMENT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(process: subprocess.Popen, number: int | None = signal.SIGINT) -> tuple[int, str]:
    """Exit code and output; without a signal the process must end by itself."""
    if number is not None and process.poll() is None:
        process.send_signal(number)
    try:
        output, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f'node did not end: {process.communicate()[0]}')
    return process.returncode, output


class Controller:
    """Keeps the robot's joints where they are, with eyes on the other topics."""

    def __init__(self, quality: QoSProfile = RELIABLE, *, firm: bool = True) -> None:
        """`quality` of the states: reliable in lock-step, else the best effort that the driver makes in real time.

        `firm`: torques hold the posture, which takes answers in time; else the drives' own damping is all there is.
        """
        self.context = Context()
        rclpy.init(context=self.context, domain_id=DOMAIN)
        self.node = Node('controller', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        layout = ROBOT.low_state_layout()
        self.layout = layout
        self._state, self._command = JointStateCodec(layout.names), JointStateCodec(layout.joint_names)
        self._states = PolledSubscription(self.node, JointState, 'low_state', quality)
        self._commands = self.node.create_publisher(JointState, 'joint_commands', RELIABLE)
        limit = np.array([ROBOT.effort_limit_of(name) for name in layout.joint_names])
        self._stiffness, self._damping = 12 * limit * firm, 0.15 * limit * firm
        self._stiffness[31:] = self._damping[31:] = 0
        self._target: np.ndarray | None = None
        self.repeats = False  # sends every command again after the one that follows it
        self.position = np.zeros(layout.size)
        self.stamps: list[int] = []
        self.heard: dict[str, object] = {}
        self.statuses: dict[str, DiagnosticStatus] = {}
        for kind, topic in ((JointState, 'joint_states'), (Imu, 'imu/data'), (Clock, 'clock')):
            self.node.create_subscription(kind, topic, lambda message, t=topic: self.heard.__setitem__(t, message), 5)
        self.node.create_subscription(
            DiagnosticArray,
            'diagnostics',
            lambda message: self.statuses.update({status.name: status for status in message.status}),
            10,
        )
        self.fault = self.node.create_publisher(String, 'emulation/fault', 10)

        self.heartbeat = self.node.create_publisher(UInt8, 'safety/heartbeat', 1)

    def say(self, publisher: Publisher, message: object) -> None:
        """Publish once somebody listens."""
        self.until(lambda: publisher.get_subscription_count() > 0, f'a listener on {publisher.topic_name}')
        publisher.publish(message)

    def said(self, status: str) -> str:
        """Message of the last diagnostic status of that name."""
        return self.statuses[status].message if status in self.statuses else ''

    def values(self, status: str) -> dict[str, str]:
        """Values of the last diagnostic status of that name."""
        return {pair.key: pair.value for pair in self.statuses[status].values} if status in self.statuses else {}

    def forget(self) -> None:
        """Keep the posture that the robot has next."""
        self._target = None

    def close(self) -> None:
        self.node.destroy_node()
        self.context.shutdown()

    def answer(self) -> None:
        """Answer a state if there is one, serve the other topics."""
        message = self._states.wait(0.01)
        if message is not None:
            stamp, position, velocity, _ = self._state.unpack(message)
            self.stamps.append(stamp)
            self.position = position.copy()
            joints = self.layout.joints
            if self._target is None:
                self._target = position[joints].copy()
            self._command.position[:] = self._target
            self._command.effort[:] = (
                self._stiffness * (self._target - position[joints]) - self._damping * velocity[joints]
            )
            if self.repeats:
                self._commands.publish(self._command.pack(stamp - TWO_TICKS))
            self._commands.publish(self._command.pack(stamp))
        self.executor.spin_once(timeout_sec=0.0)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, (
                f'expected {what}; heard {sorted(self.heard)}, {len(self.stamps)} states, '
                f'{ {name: s.message for name, s in self.statuses.items()} }'
            )
            self.answer()

    def change(self, transition: int) -> bool:
        """Lead the driver through a transition of its lifecycle; whether it went."""
        request = ChangeState.Request(transition=Transition(id=transition))
        return self.call(ChangeState, 'joint_driver/change_state', request).success

    def call(self, kind: type, service: str, request: object) -> object:
        client = self.node.create_client(kind, service)
        self.until(client.service_is_ready, f'service {service}')
        future = client.call_async(request)
        self.until(future.done, f'an answer of {service}')
        self.node.destroy_client(client)
        return future.result()
