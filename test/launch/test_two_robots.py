# SPDX-License-Identifier: Apache-2.0
"""Two simulated robots in two namespaces of one graph: neither hears the other."""
from __future__ import annotations

import unittest

import launch
import launch_testing
import launch_testing.actions
import launch_testing.asserts
import pytest
import rclpy
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from robot_watch import RobotWatch
from std_msgs.msg import Float64
from tf2_msgs.msg import TFMessage

from humanoid_control.model import share_path


def robot(namespace: str, seed: str) -> IncludeLaunchDescription:
    """One simulated robot."""
    return IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', 'sim.launch.py'))),
                                    launch_arguments={'namespace': namespace, 'seed': seed, 'walking': 'false'}.items())


@pytest.mark.timeout(400)
@pytest.mark.launch_test
def generate_test_description():
    """Robots a and b with different seeds."""
    return launch.LaunchDescription([robot('a', '1'), robot('b', '2'), launch_testing.actions.ReadyToTest()])


class TestTwoRobots(unittest.TestCase):
    """Commands one and watches the other."""

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.a, cls.b = RobotWatch('a'), RobotWatch('b')

    @classmethod
    def tearDownClass(cls):
        for watch in (cls.a, cls.b):
            watch.node.destroy_node()
        rclpy.shutdown()

    def test_1_both_stand_under_their_own_supervisors(self):
        for watch in (self.a, self.b):
            watch.wait_for(lambda w=watch: w.mode == 'running' and w.height > 0.75, 'a running robot')
            self.assertEqual(watch.state.faults, ())

    def test_2_nothing_is_shared(self):
        for topic in ('/clock', '/tf', '/tf_static', '/joint_commands', '/low_state', '/safety/heartbeat'):
            self.assertEqual(self.a.node.count_publishers(topic), 0, topic)
        heard = []
        self.a.node.create_subscription(TFMessage, 'tf', heard.append, 10)
        self.a.wait_for(lambda: len(heard) > 5, 'frames of a')
        for topic, owner in (('/a/tf', '/a'), ('/b/clock', '/b')):
            # a node's name travels apart from its topics and may come after them
            self.a.wait_for(lambda t=topic, o=owner: self.owners(t) == {o}, f'{owner} as the only publisher of {topic}')

    def owners(self, topic):
        return {info.node_namespace for info in self.a.node.get_publishers_info_by_topic(topic)}

    def test_3_a_target_moves_only_the_robot_it_is_for(self):
        torso = self.a.node.create_publisher(Float64, 'torso_pitch/target', 1)
        self.b.wait_for(lambda: 'joint_states' in self.b.latest, 'joints of b')
        before = self.b.joint('waist_pitch')
        self.a.wait_for(lambda: self.a.joint('waist_pitch') > 0.1, 'a that leans forward',
                        meanwhile=lambda: torso.publish(Float64(data=0.2)))
        self.b.pass_time(0.5)
        self.assertLess(abs(self.b.joint('waist_pitch') - before), 0.03)

    def test_4_a_stop_holds_only_the_robot_it_is_for(self):
        self.assertTrue(self.a.call('safety/hold').success)
        self.a.wait_for(lambda: self.a.mode == 'holding', 'a that holds')
        self.b.pass_time(0.5)
        self.assertEqual(self.b.mode, 'running')
        self.assertTrue(self.a.call('safety/reset').success)
        self.a.wait_for(lambda: self.a.mode == 'running', 'a that is free again')


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After the interrupt."""

    def test_every_process_ends_with_code_0(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
