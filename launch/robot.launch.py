# SPDX-License-Identifier: Apache-2.0
"""The real robot: joint drivers and controllers."""
from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from humanoid_control.model import share_path


def generate_launch_description() -> LaunchDescription:
    """Joint driver and controllers."""
    namespace = LaunchConfiguration('namespace')
    robot_file = LaunchConfiguration('robot_file')
    return LaunchDescription([
        DeclareLaunchArgument('robot_file', default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                              description='robot file (config/robots/NAME.yaml)'),
        DeclareLaunchArgument('bus_file', default_value=str(share_path('config', 'joint_driver.yaml')),
                              description='buses and actuators of the joints'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
        Node(package='humanoid_assembly', executable='joint_driver', name='joint_driver', namespace=namespace, output='screen',
             parameters=[{'robot_file': robot_file, 'bus_file': LaunchConfiguration('bus_file'), 'autostart': True}]),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(str(share_path('launch', 'control.launch.py'))),
            launch_arguments={'robot_file': robot_file, 'namespace': namespace, 'use_sim_time': 'false'}.items()),
    ])
