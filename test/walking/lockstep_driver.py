# SPDX-License-Identifier: Apache-2.0
"""The robot's side of low_state and joint_commands in lock-step, and a commander of walking."""
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
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PointStamped, PoseStamped, Twist
from nav_msgs.msg import Path
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

from humanoid_control.model import RobotModel
from humanoid_control.model.joint_state_codec import JointStateCodec
from humanoid_control.simulation.stand_in import StandIn

NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=5, durability=DurabilityPolicy.TRANSIENT_LOCAL)
TIMEOUT = 30.0      # [s]
LISTEN = 5          # ticks between looks at the other topics


class LockstepDriver:
    """Publishes the simulated robot's state, waits for the command that answers it, steps.

    Attributes:
        heard: messages by topic.
    """

    def __init__(self, robot: RobotModel):
        self.robot = robot
        self.context = Context()
        rclpy.init(context=self.context, domain_id=int(os.environ['ROS_DOMAIN_ID']))
        self.node = Node('driver', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.world = StandIn(1, {}, robot=robot, with_station=False)
        self._state = JointStateCodec(self.world.layout.names)
        self._command = JointStateCodec(self.world.layout.joint_names)
        self._states = self.node.create_publisher(JointState, 'low_state', NEWEST)
        self.velocities = self.node.create_publisher(Twist, 'cmd_vel', 1)
        self.footsteps = self.node.create_publisher(Path, 'walk/footsteps', 1)
        self.goals = self.node.create_publisher(PoseStamped, 'goal_pose', 1)
        self.node.create_subscription(JointState, 'joint_commands', self._on_command, NEWEST, raw=True)
        self.stamp = -1
        self.values = np.zeros((3, len(self.world.layout.joint_names)))
        self.heard: dict[str, list] = {}
        for kind, topic, qos in ((DiagnosticStatus, 'walk/status', LATCHED), (DiagnosticStatus, 'walking/status', LATCHED),
                                 (TFMessage, '/tf', 10), (MarkerArray, 'markers', 10), (PointStamped, 'gaze/target', 10)):
            self.heard[topic] = []
            self.node.create_subscription(kind, topic, self.heard[topic].append, qos)

    def until(self, predicate: Callable[[], object], what: str, each: Callable[[], None] | None = None) -> None:
        """Spin until the predicate holds."""
        end = time.monotonic() + TIMEOUT
        while not predicate():
            if time.monotonic() > end:
                pytest.fail(f'{what}: not within {TIMEOUT:g} s; last command stamped {self.stamp}, heard '
                            f'{ {topic: [getattr(m, "message", "") for m in got[-2:]] for topic, got in self.heard.items()} }')
            if each is not None:
                each()
            self.executor.spin_once(timeout_sec=0.02)

    def send(self) -> None:
        """Publish the present state."""
        self._state.position[:], self._state.velocity[:], self._state.effort[:] = self.world.low_state()
        self._states.publish(self._state.pack(self.world.time_ns))

    def connect(self) -> None:
        """Wait for the controller's first command."""
        self.until(lambda: self.stamp == self.world.time_ns, 'first command', self.send)

    def step(self) -> None:
        """One tick in lock-step."""
        self.send()
        self.until(lambda: self.stamp == self.world.time_ns, f'the command for {self.world.time_ns}')
        self.world.apply(*self.values)
        self.world.step()

    def run(self, limit: float, until: Callable[[], object], each: Callable[[], None] | None = None) -> bool:
        """Step for at most `limit` [s] of simulated time, calling `each` every 0.1 s; False when `until` never held."""
        for tick in range(round(limit * 500)):
            self.step()
            if tick % LISTEN == 0:
                self.executor.spin_once(timeout_sec=0.0)
            if each is not None and tick % 50 == 0:
                each()
            if tick % 10 == 0 and until():
                return True
        return False

    def place(self) -> np.ndarray:
        """True middle between the soles and yaw: x, y [m], yaw [rad]."""
        poses = [self.world.world.body_pose(self.robot.configuration.legs[side].sole) for side in 'lr']
        forward = poses[0][1][:, 0] + poses[1][1][:, 0]
        return np.array([*((poses[0][0] + poses[1][0]) / 2)[:2], np.arctan2(forward[1], forward[0])])

    def last(self, topic: str) -> str:
        """Words of the last status heard."""
        return self.heard[topic][-1].message if self.heard[topic] else ''

    def values_of(self, topic: str) -> dict[str, str]:
        """Values of the last status heard."""
        return {entry.key: entry.value for entry in self.heard[topic][-1].values} if self.heard[topic] else {}

    def close(self) -> None:
        """Leave the graph."""
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)

    def _on_command(self, message: bytes) -> None:
        self.stamp, *values = self._command.unpack(message)
        self.values = np.array(values)


def start(module: str, **parameters: object) -> subprocess.Popen:
    """A node with parameters."""
    arguments = [a for name, value in parameters.items() for a in ('-p', f'{name}:={value}')]
    return subprocess.Popen([sys.executable, '-m', module, '--ros-args', *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def finish(process: subprocess.Popen) -> tuple[int, str]:
    """Exit code and output after Ctrl-C."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        output, _ = process.communicate(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        pytest.fail(f'{process.args[2]} did not end within 15 s of Ctrl-C: {output}')
    return process.returncode, output
