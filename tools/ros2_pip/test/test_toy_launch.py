# SPDX-License-Identifier: Apache-2.0
"""A launch test as users write it; runs unchanged with ROS's own launch_testing."""
from __future__ import annotations

import os
import time
import unittest
from pathlib import Path

import launch
import launch.actions
import launch.launch_description_sources
import launch_testing
import launch_testing.actions
import launch_testing.asserts
import launch_testing.markers
import pytest
import rclpy
from std_msgs.msg import String

TOY = Path(__file__).resolve().parent / 'toy_prefix'


@pytest.mark.launch_test
@launch_testing.markers.keep_alive
def generate_test_description():
    launch_file = TOY / 'share' / 'toy_package' / 'launch' / 'talk.launch.py'
    prefixes = os.pathsep.join([str(TOY), os.environ.get('AMENT_PREFIX_PATH', '')])
    return launch.LaunchDescription([
        launch.actions.SetEnvironmentVariable('AMENT_PREFIX_PATH', prefixes),
        launch.actions.IncludeLaunchDescription(
            launch.launch_description_sources.PythonLaunchDescriptionSource(str(launch_file)),
            launch_arguments={'text': 'tested', 'robot': 'toy'}.items()),
        launch.actions.TimerAction(period=0.5, actions=[launch_testing.actions.ReadyToTest()]),
    ]), {'expected': 'tested'}


class TestTalking(unittest.TestCase):
    """While the talker runs."""

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.node = rclpy.create_node('listener')

    @classmethod
    def tearDownClass(cls):
        cls.node.destroy_node()
        rclpy.shutdown()

    def test_starts(self, proc_info):
        proc_info.assertWaitForStartup(process='talker', timeout=10)

    def test_says_its_names(self, proc_output):
        proc_output.assertWaitFor('/toy/speaker on /toy/said', timeout=10, stream='stdout')

    def test_publishes_what_it_is_told(self, expected):
        heard = []
        subscription = self.node.create_subscription(String, '/toy/said', lambda msg: heard.append(msg.data), 10)
        end = time.monotonic() + 10
        while not heard and time.monotonic() < end:
            rclpy.spin_once(self.node, timeout_sec=0.1)
        self.node.destroy_subscription(subscription)
        self.assertIn(expected, heard)


@launch_testing.post_shutdown_test()
class TestAfterwards(unittest.TestCase):
    """When the talker has ended."""

    def test_exit_codes(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)

    def test_said_goodbye(self, proc_output):
        launch_testing.asserts.assertInStderr(proc_output, 'talker ends', process='talker')
