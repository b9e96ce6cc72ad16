# SPDX-License-Identifier: Apache-2.0
"""The eyes: where the station is and where its parts lie."""
from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from humanoid_control.launch_environment import process_environment
from humanoid_control.model import share_path


def generate_launch_description() -> LaunchDescription:
    """Station localiser and part detector."""
    parameters = {
        'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool),
        'robot_file': LaunchConfiguration('robot_file'),
        'station_file': LaunchConfiguration('station_file'),
    }
    namespace = LaunchConfiguration('namespace')
    return LaunchDescription([
        DeclareLaunchArgument('robot_file', default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                              description='robot file (config/robots/NAME.yaml)'),
        DeclareLaunchArgument('station_file', default_value=str(share_path('config', 'stations', 'nut_station.yaml')),
                              description='drawing of the station (config/stations/NAME.yaml)'),
        DeclareLaunchArgument('use_sim_time', default_value='false', choices=['true', 'false'],
                              description='take the time from /clock'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
        *process_environment(),
        Node(package='humanoid_assembly', executable='station_localiser', name='station_localiser', namespace=namespace,
             output='screen', parameters=[parameters]),
        Node(package='humanoid_assembly', executable='part_detector', name='part_detector', namespace=namespace,
             output='screen', parameters=[parameters]),
    ])
