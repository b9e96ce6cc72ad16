# SPDX-License-Identifier: Apache-2.0
"""The robot with emulated motors: the real joint driver, simulated buses, the stand-in's joints behind the motors."""

from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from humanoid_control.drivers.socket_folder import default_socket_folder
from humanoid_control.launch_arguments import ONE_STATION, layout_file, layouts, number, switch, whole_number
from humanoid_control.launch_environment import process_environment
from humanoid_control.model import share_path

EMULATION_TIMEOUT = 60.0  # [s] the driver waits for the emulation that is started together with it


def emulated_nodes(context):
    """Emulated motors, joint driver and camera."""
    namespace = LaunchConfiguration('namespace')
    world = {
        'robot_file': LaunchConfiguration('robot_file').perform(context),
        'station_file': LaunchConfiguration('station_file').perform(context),
        'layout_file': layout_file(context),
        'seed': whole_number(context, 'seed', 0, 2**31 - 1),
        'friction': number(context, 'friction', 0.05, 2.0),
        'mass_scale': number(context, 'mass_scale', 0.5, 1.5),
        'noise': number(context, 'noise', 0.0, 10.0),
        'nuts_per_tray': whole_number(context, 'nuts_per_tray', 0, 4),
    }
    pacing = {
        'real_time_factor': number(context, 'real_time_factor', 0.0, 100.0),
        'headless': switch(context, 'headless'),
    }
    buses = {
        'bus_file': LaunchConfiguration('bus_file').perform(context),
        'socket_folder': LaunchConfiguration('socket_folder').perform(context),
    }
    faults = {'loss': number(context, 'loss', 0.0, 1.0), 'latency': whole_number(context, 'latency', 0, 10)}
    driver = {
        'robot_file': world['robot_file'],
        'buses': 'simulated',
        'emulation_timeout': EMULATION_TIMEOUT,
        'autostart': True,
        'use_sim_time': True,
    }
    return [
        Node(
            package='humanoid_assembly',
            executable='emulated_motors',
            name='emulated_motors',
            namespace=namespace,
            output='screen',
            parameters=[{**world, **pacing, **buses, **faults}],
        ),
        Node(
            package='humanoid_assembly',
            executable='joint_driver',
            name='joint_driver',
            namespace=namespace,
            output='screen',
            parameters=[{**driver, **buses}],
        ),
        Node(
            package='humanoid_assembly',
            executable='camera',
            name='camera',
            namespace=namespace,
            output='screen',
            parameters=[world],
        ),
    ]


def generate_launch_description() -> LaunchDescription:
    """Emulated motors, joint driver, camera and controllers."""
    return LaunchDescription(
        [
            DeclareLaunchArgument('seed', default_value='0', description='seed of everything random in the simulation'),
            DeclareLaunchArgument(
                'headless',
                default_value='true',
                choices=['true', 'false'],
                description="false: open MuJoCo's viewer where a display is",
            ),
            DeclareLaunchArgument(
                'real_time_factor', default_value='0', description='upper bound on the speed of lock-step; 0: none'
            ),
            DeclareLaunchArgument('noise', default_value='1.0', description='scale of sensor noise, 0 to 10'),
            DeclareLaunchArgument(
                'friction', default_value='0.8', description='friction of the soles on the floor, 0.05 to 2'
            ),
            DeclareLaunchArgument(
                'mass_scale',
                default_value='1.0',
                description='true mass of the robot over the believed one, 0.5 to 1.5',
            ),
            DeclareLaunchArgument('nuts_per_tray', default_value='4', description='nuts in each feeder tray, 0 to 4'),
            DeclareLaunchArgument(
                'loss', default_value='0.0', description='share of frames lost on every bus, each way, 0 to 1'
            ),
            DeclareLaunchArgument(
                'latency', default_value='0', description='ticks of 2 ms by which the encoders are behind, 0 to 10'
            ),
            DeclareLaunchArgument(
                'bus_file',
                default_value=str(share_path('config', 'robots', 'humanoid_buses.yaml')),
                description='bus plan: motors and joints (config/robots/NAME_buses.yaml)',
            ),
            DeclareLaunchArgument(
                'socket_folder',
                default_value=str(default_socket_folder()),
                description='folder of the simulated buses, for `joints --simulated` too',
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
                'layout',
                default_value=ONE_STATION,
                choices=layouts(),
                description='one_station: that of station_file; else the stations of config/layouts/NAME.yaml',
            ),
            DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
            *process_environment(),
            OpaqueFunction(function=emulated_nodes),
            IncludeLaunchDescription(
                PythonLaunchDescriptionSource(str(share_path('launch', 'control.launch.py'))),
                launch_arguments={
                    'robot_file': LaunchConfiguration('robot_file'),
                    'namespace': LaunchConfiguration('namespace'),
                    'layout': LaunchConfiguration('layout'),
                    'use_sim_time': 'true',
                }.items(),
            ),
        ]
    )
