# SPDX-License-Identifier: Apache-2.0
"""sim.launch.py: stops of every category and killed nodes lead to the documented states, and a reset out of them."""
from __future__ import annotations

import os
import signal
import unittest

import launch
import launch_testing
import launch_testing.actions
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PoseStamped
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from robot_watch import RobotWatch, pid_of
from std_msgs.msg import Float64
from std_srvs.srv import SetBool

from humanoid_control.model import share_path
from humanoid_control.safety import StopCategory

STANDING = 0.75      # [m] lowest base of a robot that stands
SITTING = 0.62       # [m] highest base of one that sits


@pytest.mark.timeout(400)
@pytest.mark.launch_test
def generate_test_description():
    """The simulated robot with a fixed seed."""
    sim = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', 'sim.launch.py'))),
                                   launch_arguments={'seed': '3', 'walking': 'false'}.items())
    return launch.LaunchDescription([sim, launch_testing.actions.ReadyToTest()])


class TestStops(unittest.TestCase):
    """One robot through all stops, then the end of one node after the other."""

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.robot = RobotWatch()
        cls.torso = cls.robot.node.create_publisher(Float64, 'torso_pitch/target', 1)
        cls.hand = cls.robot.node.create_publisher(PoseStamped, 'l_hand/target', 1)

    @classmethod
    def tearDownClass(cls):
        cls.robot.node.destroy_node()
        rclpy.shutdown()

    def wait_for(self, predicate, what: str, meanwhile=lambda: None):
        """See RobotWatch."""
        self.robot.wait_for(predicate, what, meanwhile)

    def lean(self):
        """Ask for a torso that leans forward."""
        self.torso.publish(Float64(data=0.25))

    def kill(self, executable: str):
        """Kill a process while the world pauses: one that is killed in the middle of a message may leave a lock in shared memory."""
        self.assertTrue(self.robot.call('simulation/pause', SetBool, data=True).success)
        os.kill(pid_of(executable), signal.SIGKILL)
        self.assertTrue(self.robot.call('simulation/pause', SetBool, data=False).success)

    def reset(self):
        """Reset, once the causes are gone."""
        answers = []
        self.wait_for(lambda: answers and answers[-1].success, f'a reset; {self.robot.faults()}',
                      meanwhile=lambda: answers.append(self.robot.call('safety/reset')))
        self.wait_for(lambda: self.robot.mode == 'running' and self.robot.height > STANDING, 'a robot that stands again')
        # a heartbeat between two stops may be heard by nobody: the joints must have got their power back before the next
        self.robot.values.clear()
        self.wait_for(lambda: self.robot.values.get('simulator: world', {}).get('power') == 'on', 'joints with power')

    def test_1_hold_keeps_the_balance_and_refuses_motions(self):
        self.wait_for(lambda: self.robot.mode == 'running' and self.robot.height > STANDING, 'a running robot')
        self.assertTrue(self.robot.call('safety/hold').success)
        self.wait_for(lambda: self.robot.mode == 'holding', 'a held robot')
        self.wait_for(lambda: 'holding still' in self.robot.complaints.get('kinematics: targets', ''), 'a refusal with the reason',
                      meanwhile=self.lean)
        self.robot.pass_time(0.5)
        self.assertGreater(self.robot.height, STANDING)
        self.assertLess(self.robot.joint('waist_pitch'), 0.05)
        self.reset()
        self.wait_for(lambda: self.robot.joint('waist_pitch') > 0.1, 'a robot that takes targets again', meanwhile=self.lean)

    def test_2_a_paused_simulation_goes_on_where_it_was(self):
        self.assertTrue(self.robot.call('simulation/pause', SetBool, data=True).success)
        self.wait_for(lambda: 'no joint_states' in self.robot.complaints.get('kinematics: targets', ''), 'a silent robot')
        complaints = []
        self.robot.node.create_subscription(DiagnosticArray, 'diagnostics', complaints.append, 20)
        self.wait_for(lambda: sum(s.name == 'kinematics: targets' for m in complaints for s in m.status) > 1, 'two more reports')
        self.assertTrue(self.robot.call('simulation/pause', SetBool, data=False).success)
        self.robot.pass_time(1.0)
        self.assertEqual((self.robot.mode, self.robot.faults()), ('running', {}))

    def test_3_stop_sits_down_and_a_reset_on_the_way_stands_up(self):
        self.assertTrue(self.robot.call('safety/stop').success)
        self.wait_for(lambda: self.robot.height < 0.7, 'a robot that goes down')
        self.reset()

    def test_4_stop_ends_in_power_off_and_the_robot_stands_again_after_hoist_and_reset(self):
        self.assertTrue(self.robot.call('safety/stop').success)
        self.wait_for(lambda: self.robot.height < SITTING, 'a robot that sits')
        self.wait_for(lambda: self.robot.mode == 'off', 'power off after the sit')
        self.wait_for(lambda: self.robot.height < 0.45, 'a robot without power')
        self.assertTrue(self.robot.call('simulation/hoist').success)
        self.reset()

    def test_5_power_off_takes_the_torque_from_the_joints(self):
        self.assertTrue(self.robot.call('safety/power_off').success)
        self.wait_for(lambda: self.robot.mode == 'off', 'power off')
        self.wait_for(lambda: self.robot.height < 0.45, 'a robot that lies')
        self.robot.pass_time(2.0)
        self.assertLess(max(map(abs, self.robot.latest['joint_states'].effort)), 5.0)
        self.assertTrue(self.robot.call('simulation/hoist').success)
        self.reset()

    def test_6_without_camera_the_world_goes_on(self):
        self.kill('camera')
        self.robot.pass_time(1.0)
        self.assertEqual(self.robot.mode, 'running')

    def test_7_without_kinematics_the_robot_holds_and_says_what_to_do(self):
        self.kill('kinematics')
        self.wait_for(lambda: 'kinematics_silent' in self.robot.faults(), 'the fault')
        self.assertEqual(self.robot.state.stop, StopCategory.PROTECTIVE)
        self.assertIn('log of kinematics', self.robot.faults()['kinematics_silent'])
        answer = self.robot.call('safety/reset')
        self.assertFalse(answer.success)
        self.assertIn('still there', answer.message)
        self.robot.pass_time(0.5)
        self.assertGreater(self.robot.height, STANDING)

    def test_8_without_supervisor_the_robot_sits_down(self):
        self.kill('supervisor')
        self.wait_for(lambda: self.robot.height < SITTING, 'a robot that sits')

    def test_9_without_balance_the_joints_hold_and_the_simulator_says_so(self):
        self.kill('balance')
        self.wait_for(lambda: 'no joint_commands' in self.robot.complaints.get('simulator: world', ''), 'a complaint')
        self.robot.pass_time(0.2)
