# SPDX-License-Identifier: Apache-2.0
"""The robot on its simulated stand-in: simulator, camera and controllers; it stands and waits for targets."""
from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from humanoid_control.launch_arguments import ONE_STATION, layout_file, layouts, number, place, switch, whole_number
from humanoid_control.launch_environment import process_environment
from humanoid_control.model import share_path

TRUE_FALSE = ['true', 'false']


def simulation_nodes(context):
    """Simulator and camera with the world's settings."""
    namespace = LaunchConfiguration('namespace')
    robot_file = LaunchConfiguration('robot_file').perform(context)
    world = {
        'robot_file': robot_file,
        'station_file': LaunchConfiguration('station_file').perform(context),
        'layout_file': layout_file(context),
        'seed': whole_number(context, 'seed', 0, 2**31 - 1),
        'friction': number(context, 'friction', 0.05, 2.0),
        'mass_scale': number(context, 'mass_scale', 0.5, 1.5),
        'noise': number(context, 'noise', 0.0, 10.0),
        'delay_ms': number(context, 'delay_ms', 0.0, 50.0),
        'nuts_per_tray': whole_number(context, 'nuts_per_tray', 0, 4),
    }
    crate = place(context, 'crate')
    if crate is not None:
        world['crate'] = crate
    pacing = {
        'realtime': switch(context, 'realtime'),
        'real_time_factor': number(context, 'real_time_factor', 0.0, 100.0),
        'headless': switch(context, 'headless'),
    }
    return [
        Node(package='humanoid_assembly', executable='simulator', name='simulator', namespace=namespace, output='screen',
             parameters=[{**world, **pacing}]),
        Node(package='humanoid_assembly', executable='camera', name='camera', namespace=namespace, output='screen',
             parameters=[world]),
    ]


def generate_launch_description() -> LaunchDescription:
    """Simulator, camera and controllers."""
    control = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(str(share_path('launch', 'control.launch.py'))),
        launch_arguments={'robot_file': LaunchConfiguration('robot_file'), 'namespace': LaunchConfiguration('namespace'),
                          'layout': LaunchConfiguration('layout'), 'use_sim_time': 'true'}.items())
    return LaunchDescription([
        DeclareLaunchArgument('seed', default_value='0', description='seed of everything random in the simulation'),
        DeclareLaunchArgument('headless', default_value='true', choices=TRUE_FALSE,
                              description="false: open MuJoCo's viewer where a display is"),
        DeclareLaunchArgument('realtime', default_value='false', choices=TRUE_FALSE,
                              description='true: run freely at wall speed; false: in lock-step with the controller'),
        DeclareLaunchArgument('real_time_factor', default_value='0', description='upper bound on the speed of lock-step; 0: none'),
        DeclareLaunchArgument('noise', default_value='1.0', description='scale of sensor noise, 0 to 10'),
        DeclareLaunchArgument('friction', default_value='0.8', description='friction of the soles on the floor, 0.05 to 2'),
        DeclareLaunchArgument('mass_scale', default_value='1.0', description='true mass of the robot over the believed one, 0.5 to 1.5'),
        DeclareLaunchArgument('delay_ms', default_value='0', description='added delay of the joint loop [ms], 0 to 50'),
        DeclareLaunchArgument('nuts_per_tray', default_value='4', description='nuts in each feeder tray, 0 to 4'),
        DeclareLaunchArgument('crate', default_value='',
                              description="'x y' [m] in the map, at least 0.8 m from the origin: a crate stands there that no map "
                                          'knows; empty: none'),
        DeclareLaunchArgument('robot_file', default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                              description='robot file (config/robots/NAME.yaml)'),
        DeclareLaunchArgument('station_file', default_value=str(share_path('config', 'stations', 'nut_station.yaml')),
                              description='drawing of the station (config/stations/NAME.yaml)'),
        DeclareLaunchArgument('layout', default_value=ONE_STATION, choices=layouts(),
                              description='one_station: that of station_file; else the stations of config/layouts/NAME.yaml'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
        *process_environment(),
        OpaqueFunction(function=simulation_nodes),
        control,
    ])
