# SPDX-License-Identifier: Apache-2.0
"""A shift at the nut station, on the simulated or the real robot; ends when the shift ends."""
from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, IncludeLaunchDescription, OpaqueFunction, RegisterEventHandler
from launch.conditions import LaunchConfigurationEquals
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from humanoid_control.launch_arguments import whole_number
from humanoid_control.model import share_path

TRUE_FALSE = ['true', 'false']
SIMULATION_ARGUMENTS = ('seed', 'headless', 'realtime', 'real_time_factor', 'noise', 'friction', 'mass_scale', 'delay_ms', 'nuts_per_tray')


class ShiftFailed(RuntimeError):
    """The shift did not finish; makes the launch end with exit code 1."""


def after_the_shift(event, context):
    """End everything with the shift; a shift that was given up makes the launch fail."""
    if event.returncode != 0:
        raise ShiftFailed(f'the shift was given up (exit code {event.returncode}); its report and log say why')
    return [EmitEvent(event=Shutdown(reason='the shift has ended'))]


def work_nodes(context):
    """The nut station's work."""
    robot = LaunchConfiguration('robot').perform(context)
    nut_station = Node(
        package='humanoid_assembly', executable='nut_station', name='nut_station', namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[{
            'use_sim_time': robot == 'sim',
            'robot': robot,
            'robot_file': LaunchConfiguration('robot_file').perform(context),
            'station_file': LaunchConfiguration('station_file').perform(context),
            'cycles': whole_number(context, 'cycles', 1, 100_000),
            'seed': whole_number(context, 'seed', 0, 2**31 - 1),
            'report': LaunchConfiguration('report').perform(context),
        }])
    return [nut_station, RegisterEventHandler(OnProcessExit(target_action=nut_station, on_exit=after_the_shift))]


def part(name: str, arguments: dict, condition=None) -> IncludeLaunchDescription:
    """Another launch file of this package with arguments passed on."""
    return IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', name))),
                                    launch_arguments=arguments.items(), condition=condition)


def generate_launch_description() -> LaunchDescription:
    """Robot (simulated or real), perception and work."""
    common = {name: LaunchConfiguration(name) for name in ('robot_file', 'namespace')}
    simulation = {name: LaunchConfiguration(name) for name in SIMULATION_ARGUMENTS}
    station = {'station_file': LaunchConfiguration('station_file')}
    on_sim, on_real = LaunchConfigurationEquals('robot', 'sim'), LaunchConfigurationEquals('robot', 'real')
    return LaunchDescription([
        DeclareLaunchArgument('robot', default_value='sim', choices=['sim', 'real'], description='simulated stand-in or real joint drivers'),
        DeclareLaunchArgument('cycles', default_value='3', description='number of cycles to work, 1 to 100000'),
        DeclareLaunchArgument('report', default_value='', description='path of the JSON report (the HTML page goes beside it); empty: none'),
        DeclareLaunchArgument('seed', default_value='0', description='sim: seed of everything random'),
        DeclareLaunchArgument('headless', default_value='true', choices=TRUE_FALSE, description="sim: false opens MuJoCo's viewer where a display is"),
        DeclareLaunchArgument('realtime', default_value='false', choices=TRUE_FALSE,
                              description='sim: true runs freely at wall speed, false in lock-step with the controller'),
        DeclareLaunchArgument('real_time_factor', default_value='0', description='sim: upper bound on the speed of lock-step; 0: none'),
        DeclareLaunchArgument('noise', default_value='1.0', description='sim: scale of sensor noise, 0 to 10'),
        DeclareLaunchArgument('friction', default_value='0.8', description='sim: friction of the soles on the floor, 0.05 to 2'),
        DeclareLaunchArgument('mass_scale', default_value='1.0', description='sim: true mass of the robot over the believed one, 0.5 to 1.5'),
        DeclareLaunchArgument('delay_ms', default_value='0', description='sim: added delay of the joint loop [ms], 0 to 50'),
        DeclareLaunchArgument('nuts_per_tray', default_value='4', description='sim: nuts in each feeder tray, 0 to 4'),
        DeclareLaunchArgument('robot_file', default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                              description='robot file (config/robots/NAME.yaml)'),
        DeclareLaunchArgument('station_file', default_value=str(share_path('config', 'stations', 'nut_station.yaml')),
                              description='drawing of the station (config/stations/NAME.yaml)'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
        part('sim.launch.py', {**common, **simulation, **station}, on_sim),
        part('robot.launch.py', common, on_real),
        part('perception.launch.py', {**common, **station, 'use_sim_time': 'true'}, on_sim),
        part('perception.launch.py', {**common, **station, 'use_sim_time': 'false'}, on_real),
        OpaqueFunction(function=work_nodes),
    ])
