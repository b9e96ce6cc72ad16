# SPDX-License-Identifier: Apache-2.0
"""sim.launch.py under a namespace: the robot walks back from the bench to a goal, and at a commanded velocity."""
from __future__ import annotations

import math
import time
import unittest

import launch
import launch_testing
import launch_testing.actions
import launch_testing.asserts
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped, Twist
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from nav_msgs.msg import Odometry
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from humanoid_control.model import share_path

NAMESPACE = 'robot_7'
GOAL = (-0.5, 0.2, 0.4)          # x, y [m], yaw [rad]
TIMEOUT = 90.0                   # [s]
NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.mark.timeout(400)
@pytest.mark.launch_test
def generate_test_description():
    """One robot of several."""
    sim = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', 'sim.launch.py'))),
                                   launch_arguments={'seed': '4', 'namespace': NAMESPACE}.items())
    return launch.LaunchDescription([sim, launch_testing.actions.ReadyToTest()])


class TestWalking(unittest.TestCase):
    """Commands the robot as an operator does."""

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.node = rclpy.create_node('operator', namespace=NAMESPACE)
        cls.said: dict[str, list[str]] = {'walking/status': [], 'walk/status': []}
        cls.odom = Odometry()
        for topic, words in cls.said.items():
            cls.node.create_subscription(DiagnosticStatus, topic, lambda m, w=words: w.append(m.message), LATCHED)
        cls.node.create_subscription(Odometry, 'odom', lambda m: setattr(cls, 'odom', m), NEWEST)
        cls.goals = cls.node.create_publisher(PoseStamped, 'goal_pose', 1)
        cls.velocities = cls.node.create_publisher(Twist, 'cmd_vel', 1)

    @classmethod
    def tearDownClass(cls):
        cls.node.destroy_node()
        rclpy.shutdown()

    def wait_for(self, predicate, what: str, meanwhile=lambda: None):
        """Spin until a predicate holds; the failure tells what the nodes said last."""
        end = time.monotonic() + TIMEOUT
        while not predicate():
            if time.monotonic() > end:
                self.fail(f'{what}: not within {TIMEOUT} s; said: { {t: w[-3:] for t, w in self.said.items()} }')
            meanwhile()
            rclpy.spin_once(self.node, timeout_sec=0.1)

    def test_1_a_goal_is_reached(self):
        self.wait_for(lambda: self.said['walking/status'] and self.goals.get_subscription_count(), 'the walking node')
        goal = PoseStamped()
        goal.header.frame_id = 'map'
        goal.pose.position.x, goal.pose.position.y = GOAL[:2]
        goal.pose.orientation.z, goal.pose.orientation.w = math.sin(GOAL[2] / 2), math.cos(GOAL[2] / 2)
        self.goals.publish(goal)
        self.wait_for(lambda: self.said['walking/status'][-1] == 'arrived', 'arrival')
        self.assertTrue(self.at_goal(), f'it is at {self.odom.pose.pose}')

    def at_goal(self):
        pose = self.odom.pose.pose
        yaw = 2 * math.atan2(pose.orientation.z, pose.orientation.w)
        return math.hypot(pose.position.x - GOAL[0], pose.position.y - GOAL[1]) < 0.08 and abs(yaw - GOAL[2]) < 0.08

    def test_2_a_velocity_is_walked_at_and_its_end_stops(self):
        command = Twist()
        command.linear.y = -0.15
        start = self.odom.pose.pose.position
        self.wait_for(lambda: math.dist((start.x, start.y), (self.odom.pose.pose.position.x, self.odom.pose.pose.position.y)) > 0.2,
                      'a way of 0.2 m', lambda: self.velocities.publish(command))
        self.assertEqual(self.said['walk/status'][-1], 'walking')
        self.wait_for(lambda: self.said['walk/status'][-1] == 'standing', 'a stop')


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After the interrupt."""

    def test_every_process_ends_with_code_0(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
