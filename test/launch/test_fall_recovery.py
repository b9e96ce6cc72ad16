# SPDX-License-Identifier: Apache-2.0
"""sim.launch.py: pushes that nobody withstands, damping, and back on its feet by the procedure of docs/operations.md."""
from __future__ import annotations

import unittest

import launch
import launch_testing
import launch_testing.actions
import launch_testing.asserts
import numpy as np
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import WrenchStamped
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.qos import DurabilityPolicy, QoSProfile
from robot_watch import RobotWatch
from sensor_msgs.msg import JointState

from humanoid_control.model import RobotModel, share_path

STANDING = 0.75           # [m] lowest base of a robot that stands
PUSHES = ((-160.0, 0.0), (0.0, 160.0))     # [N] forward, left
DURATION = 3.0            # [s]
SHARE = 0.15              # of a joint's effort limit that taking over may need beyond standing
EVERY = QoSProfile(depth=500)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.mark.timeout(400)
@pytest.mark.launch_test
def generate_test_description():
    """The simulated robot with a fixed seed."""
    sim = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', 'sim.launch.py'))),
                                   launch_arguments={'seed': '5', 'walking': 'false'}.items())
    return launch.LaunchDescription([sim, launch_testing.actions.ReadyToTest()])


class TestFallRecovery(unittest.TestCase):
    """Down and up again, twice."""

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.robot = RobotWatch()
        node = cls.robot.node
        cls.balance = ['']
        cls.efforts: list[np.ndarray] = []     # [N m] as commanded, (joints,) each
        cls.since = 0.0                        # [s] of simulated time; older commands are not of interest
        cls.needed = np.zeros(0)               # [N m] largest of each joint while it stood before
        node.create_subscription(DiagnosticStatus, 'balance/status', lambda m: cls.balance.append(m.message), LATCHED)
        node.create_subscription(JointState, 'joint_commands', cls.record, EVERY)
        cls.pushes = node.create_publisher(WrenchStamped, 'simulation/push', 1)
        model = RobotModel.default()
        cls.limit = dict(zip(list(model.model.names)[2:], model.effort_limit))

    @classmethod
    def tearDownClass(cls):
        cls.robot.node.destroy_node()
        rclpy.shutdown()

    @classmethod
    def record(cls, message: JointState):
        """Keep what is commanded to the joints of the body."""
        if message.header.stamp.sec + 1e-9 * message.header.stamp.nanosec < cls.since:
            return
        effort = dict(zip(message.name, message.effort))
        cls.efforts.append(np.array([effort[name] for name in cls.limit]))

    def forget(self):
        """Keep only commands from now on, whatever still waits to be read."""
        type(self).since = self.robot.time
        self.efforts.clear()

    def stand(self) -> np.ndarray:
        """Stand for a while; efforts (n, joints) that were commanded since they were last forgotten."""
        self.robot.wait_for(lambda: self.robot.mode == 'running' and self.robot.height > STANDING, 'a robot that stands')
        self.robot.pass_time(2.0)
        self.assertEqual((self.robot.mode, self.robot.faults(), self.balance[-1]), ('running', {}, 'standing'))
        self.assertGreater(self.robot.height, STANDING)
        return np.array(self.efforts)

    def fall(self, forward: float, left: float):
        """Push until it falls; it must be damped, switched off, and say why."""
        self.balance.clear()
        push = WrenchStamped()
        push.header.frame_id = 'torso'
        push.wrench.force.x, push.wrench.force.y = forward, left
        self.pushes.publish(push)
        # on a busy machine the supervisor's rounds may miss the moment between the two
        self.robot.wait_for(lambda: self.robot.faults().keys() & {'fall_predicted', 'fallen'}, 'the supervisor')
        self.robot.wait_for(lambda: any('a fall is predicted' in words for words in self.balance), 'damping')
        self.robot.wait_for(lambda: self.robot.mode == 'off' and 'fallen' in self.robot.faults(), 'power off')
        self.assertIn('hoist', self.robot.faults()['fallen'])
        self.forget()
        self.robot.pass_time(1.0)
        self.assertFalse(np.any(self.efforts), 'a robot that lies is commanded effort')

    def stand_up(self):
        """What docs/operations.md tells the operator to do."""
        self.assertFalse(self.robot.call('safety/reset').success, 'the cause is still there')
        self.forget()
        for service in ('simulation/hoist', 'balance/reset'):
            self.assertTrue(self.robot.call(service).success, service)
        answers = []
        self.robot.wait_for(lambda: answers and answers[-1].success, f'a reset; {self.robot.faults()}',
                            meanwhile=lambda: answers.append(self.robot.call('safety/reset')))

    def test_1_it_stands(self):
        self.robot.wait_for(lambda: self.robot.mode == 'running', 'a running robot')
        type(self).needed = np.abs(self.stand()).max(axis=0)
        value = ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=DURATION)
        answer = self.robot.call('simulator/set_parameters', SetParameters,
                                 parameters=[Parameter(name='push_duration', value=value)])
        self.assertTrue(answer.results[0].successful)
        self.robot.wait_for(self.pushes.get_subscription_count, 'the simulator')

    def test_2_after_a_fall_it_stands_again_without_a_jump_of_the_torques(self):
        for forward, left in PUSHES:
            self.fall(forward, left)
            self.stand_up()
            efforts = self.stand()
            most = self.needed + SHARE * np.array(list(self.limit.values()))
            for what, sizes in (('effort', np.abs(efforts)), ('change between two commands', np.abs(np.diff(efforts, axis=0)))):
                over = {name: f'{size:.0f} > {bound:.0f} N m' for name, size, bound in zip(self.limit, sizes.max(axis=0), most)
                        if size > bound}
                self.assertFalse(over, f'{what} after a push of ({forward:g}, {left:g}) N')


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After the interrupt."""

    def test_every_process_ends_with_code_0(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
