# SPDX-License-Identifier: Apache-2.0
"""sim.launch.py: the robot stands, follows targets, refuses bad ones and goes quietly."""
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
from geometry_msgs.msg import PoseStamped
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from nav_msgs.msg import Odometry
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64
from tf2_msgs.msg import TFMessage

from humanoid_control.model import share_path

SENSOR = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.mark.launch_test
def generate_test_description():
    """The simulated robot with a fixed seed."""
    sim = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', 'sim.launch.py'))),
                                   launch_arguments={'seed': '3'}.items())
    return launch.LaunchDescription([sim, launch_testing.actions.ReadyToTest()])


class TestStandingRobot(unittest.TestCase):
    """Watches and commands the robot over its topics."""

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.node = rclpy.create_node('test_sim')
        cls.latest, cls.statuses, cls.frames = {}, [], set()
        for name, kind, qos in (('odom', Odometry, SENSOR), ('joint_states', JointState, SENSOR),
                                ('whole_body/reference', JointState, SENSOR), ('stance', PoseStamped, LATCHED)):
            cls.node.create_subscription(kind, name, lambda m, n=name: cls.latest.__setitem__(n, m), qos)
        cls.node.create_subscription(DiagnosticStatus, 'kinematics/status', cls.statuses.append, 10)
        cls.node.create_subscription(TFMessage, '/tf', lambda m: cls.frames.update(
            (t.header.frame_id, t.child_frame_id) for t in m.transforms), 50)
        cls.hand = cls.node.create_publisher(PoseStamped, 'l_hand/target', 1)
        cls.torso = cls.node.create_publisher(Float64, 'torso_pitch/target', 1)

    @classmethod
    def tearDownClass(cls):
        cls.node.destroy_node()
        rclpy.shutdown()

    def wait_for(self, predicate, what: str, timeout: float = 60.0, meanwhile=lambda: None):
        """Spin until a predicate holds; the failure says what was awaited and what was seen last."""
        end = time.monotonic() + timeout
        while not predicate():
            if time.monotonic() > end:
                self.fail(f'{what} did not come within {timeout} s; seen: {sorted(self.latest)}, '
                          f'{[s.message for s in self.statuses[-3:]]}')
            meanwhile()
            rclpy.spin_once(self.node, timeout_sec=0.1)

    def lead_hand(self, x: float, z: float):
        """Publish a target of the left hand in base_footprint [m], stamped now."""
        target = PoseStamped()
        target.header.frame_id = 'base_footprint'
        target.header.stamp = self.latest['joint_states'].header.stamp
        target.pose.position.x, target.pose.position.z = x, z
        target.pose.orientation.w = 1.0
        self.hand.publish(target)

    def simulated_time(self) -> float:
        """Stamp of the newest joint_states [s]."""
        stamp = self.latest['joint_states'].header.stamp
        return stamp.sec + 1e-9 * stamp.nanosec

    def base_height(self) -> float:
        """Estimated height of the base [m]."""
        return self.latest['odom'].pose.pose.position.z

    def test_1_it_stands(self):
        self.wait_for(lambda: {'odom', 'joint_states', 'stance', 'whole_body/reference'} <= set(self.latest), 'the first messages')
        begin = self.simulated_time()
        self.wait_for(lambda: self.simulated_time() > begin + 3.0, '3 simulated seconds')
        orientation = self.latest['odom'].pose.pose.orientation
        tilt = 2 * math.asin(math.hypot(orientation.x, orientation.y))
        self.assertGreater(self.base_height(), 0.75)
        self.assertLess(tilt, math.radians(5))

    def test_2_the_frames_of_rep_105_and_120_are_there(self):
        wanted = {('odom', 'base_link'), ('base_link', 'base_footprint')}
        self.wait_for(lambda: wanted <= self.frames, 'odom -> base_link -> base_footprint')
        children = {child for _, child in self.frames}
        self.wait_for(lambda: {'torso', 'l_foot', 'r_wrist'} <= {c for _, c in self.frames} | children, 'the links of the robot')

    def test_3_the_torso_follows_its_target(self):
        self.wait_for(lambda: 'joint_states' in self.latest, 'joint_states')

        def waist_pitch() -> float:
            message = self.latest['joint_states']
            return message.position[list(message.name).index('waist_pitch')]

        before = waist_pitch()
        self.wait_for(lambda: waist_pitch() > before + 0.1, 'a torso pitched by more than 0.1 rad',
                      meanwhile=lambda: self.torso.publish(Float64(data=0.2)))
        self.assertGreater(self.base_height(), 0.75)

    def test_4_a_target_out_of_reach_is_refused_with_the_reason(self):
        self.wait_for(lambda: any('l_hand' in s.message and s.level != DiagnosticStatus.OK for s in self.statuses),
                      'a refusal on kinematics/status', meanwhile=lambda: self.lead_hand(3.0, 1.0))
        self.assertGreater(self.base_height(), 0.75)

    def test_5_a_target_that_is_not_a_number_is_refused(self):
        count = len(self.statuses)
        self.wait_for(lambda: any('nan' in s.message.lower() or 'finite' in s.message for s in self.statuses[count:]),
                      'a refusal that names the value', meanwhile=lambda: self.lead_hand(math.nan, 1.0))
        self.assertGreater(self.base_height(), 0.75)


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After the interrupt."""

    def test_every_process_ends_with_code_0(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
