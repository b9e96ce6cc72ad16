# SPDX-License-Identifier: Apache-2.0
"""The real robot: joint drivers and controllers."""

from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, IncludeLaunchDescription, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from humanoid_control.launch_arguments import ONE_STATION, layouts
from humanoid_control.model import share_path


class DriverFailed(RuntimeError):
    """The joint driver could not start or ended; makes the launch end with exit code 1."""


def after_the_driver(event, context):
    """Without its joints the robot has nothing to control: end everything, and fail unless it was asked for."""
    if event.returncode != 0:
        raise DriverFailed(f'the joint driver failed (exit code {event.returncode}); its log says why')
    return [EmitEvent(event=Shutdown(reason='the joint driver has ended'))]


def flag(name: str) -> ParameterValue:
    """Launch argument that is true or false as a parameter."""
    return ParameterValue(LaunchConfiguration(name), value_type=bool)


def generate_launch_description() -> LaunchDescription:
    """Joint driver and controllers."""
    namespace = LaunchConfiguration('namespace')
    robot_file = LaunchConfiguration('robot_file')
    joint_driver = Node(
        package='humanoid_assembly',
        executable='joint_driver',
        name='joint_driver',
        namespace=namespace,
        output='screen',
        parameters=[
            {
                'robot_file': robot_file,
                'bus_file': LaunchConfiguration('bus_file'),
                'autostart': True,
                'readonly': flag('readonly'),
                'allow_missing_sensors': flag('allow_missing_sensors'),
            }
        ],
    )
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'robot_file',
                default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                description='robot file (config/robots/NAME.yaml)',
            ),
            DeclareLaunchArgument(
                'bus_file',
                default_value=str(share_path('config', 'robots', 'humanoid_buses.yaml')),
                description='bus plan: motors and joints (config/robots/NAME_buses.yaml)',
            ),
            DeclareLaunchArgument(
                'readonly',
                default_value='false',
                choices=['true', 'false'],
                description='true: listen to the buses, never write',
            ),
            DeclareLaunchArgument(
                'allow_missing_sensors',
                default_value='false',
                choices=['true', 'false'],
                description='true: drive joints on a bench without IMU and force sensors',
            ),
            DeclareLaunchArgument(
                'layout',
                default_value=ONE_STATION,
                choices=layouts(),
                description='one_station: an open floor; else the floor of config/layouts/NAME.yaml',
            ),
            DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
            joint_driver,
            RegisterEventHandler(OnProcessExit(target_action=joint_driver, on_exit=after_the_driver)),
            IncludeLaunchDescription(
                PythonLaunchDescriptionSource(str(share_path('launch', 'control.launch.py'))),
                launch_arguments={
                    'robot_file': robot_file,
                    'namespace': namespace,
                    'layout': LaunchConfiguration('layout'),
                    'use_sim_time': 'false',
                }.items(),
            ),
        ]
    )
