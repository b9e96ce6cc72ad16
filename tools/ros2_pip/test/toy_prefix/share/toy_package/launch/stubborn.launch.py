# SPDX-License-Identifier: Apache-2.0
"""A process that ignores signals."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node


def generate_launch_description():
    return LaunchDescription([
        DeclareLaunchArgument('how', default_value='little'),
        Node(package='toy_package', executable='stubborn', arguments=[LaunchConfiguration('how')], output='screen',
             sigterm_timeout='1', sigkill_timeout='1'),
    ])
