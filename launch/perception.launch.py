# SPDX-License-Identifier: Apache-2.0
"""The eyes: where the stations are, where their parts lie and what stands in the way."""
from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from humanoid_control.launch_arguments import ONE_STATION, layout_file, layouts
from humanoid_control.launch_environment import process_environment
from humanoid_control.model import share_path


def perception_nodes(context):
    """Station localiser, part detector and obstacle detector."""
    parameters = {
        'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool),
        'robot_file': LaunchConfiguration('robot_file'),
        'station_file': LaunchConfiguration('station_file'),
        'layout_file': layout_file(context),
    }
    return [Node(package='humanoid_assembly', executable=name, name=name, namespace=LaunchConfiguration('namespace'),
                 output='screen', parameters=[parameters]) for name in ('station_localiser', 'part_detector', 'obstacle_detector')]


def generate_launch_description() -> LaunchDescription:
    """Station localiser, part detector and obstacle detector."""
    return LaunchDescription([
        DeclareLaunchArgument('robot_file', default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                              description='robot file (config/robots/NAME.yaml)'),
        DeclareLaunchArgument('station_file', default_value=str(share_path('config', 'stations', 'nut_station.yaml')),
                              description='drawing of the station (config/stations/NAME.yaml)'),
        DeclareLaunchArgument('layout', default_value=ONE_STATION, choices=layouts(),
                              description='one_station: that of station_file; else the stations of config/layouts/NAME.yaml'),
        DeclareLaunchArgument('use_sim_time', default_value='false', choices=['true', 'false'],
                              description='take the time from /clock'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
        *process_environment(),
        OpaqueFunction(function=perception_nodes),
    ])
