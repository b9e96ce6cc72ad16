# SPDX-License-Identifier: Apache-2.0
"""The running robot for people to look at: rviz2 with the line's displays, or the page in the browser, or both."""

from __future__ import annotations

import importlib.util

from ament_index_python.packages import PackageNotFoundError, get_package_prefix
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from humanoid_control.launch_arguments import whole_number
from humanoid_control.launch_environment import process_environment
from humanoid_control.model import share_path

WHEN = ['auto', 'true', 'false']


def rviz_is_installed() -> bool:
    """Whether this ROS 2 has rviz2; PyPI's has not."""
    try:
        get_package_prefix('rviz2')
    except PackageNotFoundError:
        return False
    return True


def interactive_markers_are_installed() -> bool:
    """Whether this ROS 2 has handles to drag in rviz2; PyPI's has not."""
    return importlib.util.find_spec('interactive_markers') is not None


def viewers(context):
    """rviz2 where it is installed, with handles for the hands, else the browser view, unless told otherwise."""

    def value(name: str) -> str:
        return LaunchConfiguration(name).perform(context)

    rviz = value('rviz') == 'true' or (value('rviz') == 'auto' and rviz_is_installed())
    web = value('web') == 'true' or (value('web') == 'auto' and not rviz)
    namespace = LaunchConfiguration('namespace')
    nodes = []
    if rviz:
        nodes.append(
            Node(
                package='rviz2',
                executable='rviz2',
                name='rviz2',
                namespace=namespace,
                output='screen',
                arguments=['-d', value('rviz_file')],
                parameters=[{'use_sim_time': value('use_sim_time') == 'true'}],
            )
        )
    if rviz and interactive_markers_are_installed():
        nodes.append(
            Node(
                package='humanoid_assembly',
                executable='hand_markers',
                name='hand_markers',
                namespace=namespace,
                output='screen',
                parameters=[{'robot_file': value('robot_file')}],
            )
        )
    if web:
        # it counts in real time only, so that it needs no clock
        nodes.append(
            Node(
                package='humanoid_assembly',
                executable='view',
                name='view',
                namespace=namespace,
                output='screen',
                parameters=[
                    {
                        'robot_file': value('robot_file'),
                        'station_file': value('station_file'),
                        'host': value('host'),
                        'port': whole_number(context, 'port', 0, 65535),
                        'token_file': value('token_file'),
                    }
                ],
            )
        )
    return nodes


def generate_launch_description() -> LaunchDescription:
    """rviz2, the browser view, or both."""
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'rviz', default_value='auto', choices=WHEN, description='rviz2; auto: where it is installed'
            ),
            DeclareLaunchArgument(
                'web', default_value='auto', choices=WHEN, description='page in the browser; auto: where rviz2 is not'
            ),
            DeclareLaunchArgument(
                'host',
                default_value='127.0.0.1',
                description='address of the page; any other opens it to a network, with a token',
            ),
            DeclareLaunchArgument('port', default_value='8080', description='port of the page; 0: a free one'),
            DeclareLaunchArgument(
                'token_file', default_value='', description='file with the token; empty: a new one at each start'
            ),
            DeclareLaunchArgument(
                'rviz_file',
                default_value=str(share_path('config', 'rviz', 'line.rviz')),
                description='rviz2 configuration',
            ),
            DeclareLaunchArgument(
                'robot_file',
                default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                description='robot file (config/robots/NAME.yaml)',
            ),
            DeclareLaunchArgument(
                'station_file',
                default_value=str(share_path('config', 'stations', 'nut_station.yaml')),
                description='drawing of the station (config/stations/NAME.yaml)',
            ),
            DeclareLaunchArgument(
                'use_sim_time',
                default_value='true',
                choices=['true', 'false'],
                description='rviz2 takes the time from /clock, as the simulated robot does',
            ),
            DeclareLaunchArgument('namespace', default_value='', description='namespace of the robot to look at'),
            *process_environment(),
            OpaqueFunction(function=viewers),
        ]
    )
