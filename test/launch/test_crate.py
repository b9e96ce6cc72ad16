# SPDX-License-Identifier: Apache-2.0
"""sim.launch.py crate:='x y': the camera sees a crate that no map knows, and the robot walks around it."""
from __future__ import annotations

import math
import unittest

import launch
import launch_testing
import launch_testing.actions
import launch_testing.asserts
import numpy as np
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import Node
from nav_msgs.msg import OccupancyGrid
from rclpy.qos import DurabilityPolicy, QoSProfile
from robot_watch import RobotWatch

from humanoid_control.model import share_path

CRATE = (-1.5, 0.15)      # [m] in the map, behind the robot: so near that it has to look before it walks
GOAL = (-2.9, 0.0)        # behind it
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.mark.timeout(400)
@pytest.mark.launch_test
def generate_test_description():
    """The simulated robot, and of its eyes only those that look for obstacles."""
    sim = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', 'sim.launch.py'))),
                                   launch_arguments={'seed': '6', 'crate': f'{CRATE[0]} {CRATE[1]}'}.items())
    eyes = Node(package='humanoid_assembly', executable='obstacle_detector', name='obstacle_detector', output='screen',
                parameters=[{'use_sim_time': True}])
    return launch.LaunchDescription([sim, eyes, launch_testing.actions.ReadyToTest()])


class TestCrate(unittest.TestCase):
    """Sends the robot to a place behind the crate."""

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.robot = RobotWatch()
        node = cls.robot.node
        cls.said, cls.cells, cls.grids = [], set(), 0
        node.create_subscription(DiagnosticStatus, 'walking/status', lambda m: cls.said.append(m.message), LATCHED)
        node.create_subscription(OccupancyGrid, 'obstacles', cls.see, 1)
        cls.goals = node.create_publisher(PoseStamped, 'goal_pose', 1)

    @classmethod
    def tearDownClass(cls):
        cls.robot.node.destroy_node()
        rclpy.shutdown()

    @classmethod
    def see(cls, grid: OccupancyGrid):
        """Centres of occupied cells near the crate."""
        cls.grids += 1
        rows, columns = np.nonzero(np.array(grid.data).reshape(grid.info.height, grid.info.width) == 100)
        origin, edge = grid.info.origin.position, grid.info.resolution
        x, y = origin.x + (columns + 0.5) * edge, origin.y + (rows + 0.5) * edge
        cls.cells.update((round(a, 2), round(b, 2)) for a, b in zip(x, y) if math.dist((a, b), CRATE) < 0.5)

    def test_1_it_sees_the_crate_on_its_way_and_arrives_behind_it(self):
        self.robot.wait_for(lambda: self.robot.mode == 'running' and self.grids > 1 and self.goals.get_subscription_count(),
                            'a robot that sees and takes goals')
        goal = PoseStamped()
        goal.header.frame_id = 'map'
        goal.pose.position.x, goal.pose.position.y = GOAL
        goal.pose.orientation.z, goal.pose.orientation.w = 1.0, 0.0
        self.goals.publish(goal)
        self.robot.wait_for(lambda: any('that the cameras see came into the way' in words for words in self.said),
                            'a look at the crate')
        self.robot.wait_for(lambda: len(self.cells) > 10, 'the crate on the grid')
        self.robot.wait_for(lambda: self.said[-1].startswith(('arrived', 'failed')) or self.robot.faults(),
                            'the end of the walk')
        self.assertEqual((self.said[-1], self.robot.mode, self.robot.faults()), ('arrived', 'running', {}), self.said)

    def test_2_it_has_touched_nothing_and_not_fallen(self):
        self.robot.values.clear()
        self.robot.wait_for(lambda: 'simulator: world' in self.robot.values, 'a report of the simulator')
        world = self.robot.values['simulator: world']
        self.assertEqual((world['bumps'], world['falls']), ('0', '0'), world['last bump'])


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After the interrupt."""

    def test_every_process_ends_with_code_0(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
