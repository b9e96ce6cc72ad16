# SPDX-License-Identifier: Apache-2.0
"""rviz2 with the line's displays."""
from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from humanoid_control.model import share_path


def generate_launch_description() -> LaunchDescription:
    """One rviz2."""
    return LaunchDescription([
        DeclareLaunchArgument('rviz_file', default_value=str(share_path('config', 'rviz', 'line.rviz')),
                              description='rviz2 configuration'),
        DeclareLaunchArgument('use_sim_time', default_value='true', choices=['true', 'false'],
                              description='take the time from /clock, as the simulated robot does'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of the robot to look at'),
        Node(package='rviz2', executable='rviz2', name='rviz2', namespace=LaunchConfiguration('namespace'), output='screen',
             arguments=['-d', LaunchConfiguration('rviz_file')],
             parameters=[{'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)}]),
    ])
