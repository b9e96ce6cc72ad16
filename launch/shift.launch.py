# SPDX-License-Identifier: Apache-2.0
"""A shift at the nut station, on the simulated or the real robot; ends when the shift ends."""
from __future__ import annotations

import json

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    IncludeLaunchDescription,
    OpaqueFunction,
    RegisterEventHandler,
)
from launch.conditions import IfCondition
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import EqualsSubstitution, LaunchConfiguration
from launch_ros.actions import Node

from humanoid_control.launch_arguments import ONE_STATION, layout_file, layouts, switch, whole_number
from humanoid_control.launch_environment import process_environment
from humanoid_control.model import ConfigurationError, share_path
from humanoid_control.recording.run_folder import new_run_folder


class ShiftFailed(RuntimeError):
    """The shift did not finish; makes the launch end with exit code 1."""


def after_the_shift(event, context):
    """End everything with the shift; a shift that was given up makes the launch fail."""
    if event.returncode != 0:
        raise ShiftFailed(f'the shift was given up (exit code {event.returncode}); its report and log say why')
    return [EmitEvent(event=Shutdown(reason='the shift has ended'))]


def work_nodes(context):
    """The nut station's work, and the recorder of it."""
    robot = LaunchConfiguration('robot').perform(context)
    if switch(context, 'readonly') and robot != 'real':
        raise ConfigurationError(f"launch argument readonly:='true': needs robot:=real, got robot:={robot}")
    files = {name: LaunchConfiguration(name).perform(context) for name in ('robot_file', 'station_file')}
    files['layout_file'] = layout_file(context)
    seed = whole_number(context, 'seed', 0, 2**31 - 1)
    run_folder = new_run_folder(LaunchConfiguration('record').perform(context), None if robot == 'real' else seed,
                                LaunchConfiguration('namespace').perform(context))
    nut_station = Node(
        package='humanoid_assembly', executable='nut_station', name='nut_station', namespace=LaunchConfiguration('namespace'),
        output='screen',
        parameters=[{
            'use_sim_time': robot != 'real',
            'robot': robot,
            'supervised': True,
            **files,
            'cycles': whole_number(context, 'cycles', 1, 100_000),
            'seed': seed,
            'report': LaunchConfiguration('report').perform(context),
            'run_folder': str(run_folder or ''),
        }])
    nodes = [nut_station, RegisterEventHandler(OnProcessExit(target_action=nut_station, on_exit=after_the_shift))]
    if run_folder is not None:
        arguments = {name: value for name, value in context.launch_configurations.items() if isinstance(value, str)}
        nodes.append(Node(
            package='humanoid_assembly', executable='recorder', name='recorder', namespace=LaunchConfiguration('namespace'),
            output='screen', parameters=[{'run_folder': str(run_folder), 'arguments': json.dumps(arguments), **files}]))
    return nodes


def part(name: str, arguments: dict, condition=None) -> IncludeLaunchDescription:
    """Another launch file of this package with arguments passed on."""
    return IncludeLaunchDescription(PythonLaunchDescriptionSource(str(share_path('launch', name))),
                                    launch_arguments=arguments.items(), condition=condition)


def generate_launch_description() -> LaunchDescription:
    """Robot (simulated or real), perception and work; the arguments of sim.launch.py hold here, too."""
    common = {name: LaunchConfiguration(name) for name in ('robot_file', 'station_file', 'namespace')}
    on_site = {**common, 'layout': LaunchConfiguration('layout')}
    on_sim, on_emulated, on_real = (IfCondition(EqualsSubstitution(LaunchConfiguration('robot'), robot))
                                    for robot in ('sim', 'emulated', 'real'))
    return LaunchDescription([
        DeclareLaunchArgument('robot', default_value='sim', choices=['sim', 'emulated', 'real'],
                              description='simulated stand-in; the same behind the real joint driver on emulated motors; real motors'),
        DeclareLaunchArgument('readonly', default_value='false', choices=['true', 'false'],
                              description='real: true listens to the buses and never writes, so that nothing moves'),
        DeclareLaunchArgument('cycles', default_value='3', description='number of cycles to work, 1 to 100000'),
        DeclareLaunchArgument('report', default_value='', description='path of the JSON report (the HTML page goes beside it); empty: none'),
        DeclareLaunchArgument('record', default_value='true',
                              description='keep bag, configuration, versions and report of the run in a new folder of DIR; '
                                          'true: of ~/.ros/humanoid_assembly/runs; false: keep nothing'),
        DeclareLaunchArgument('seed', default_value='0', description='sim, emulated: seed of everything random'),
        DeclareLaunchArgument('layout', default_value=ONE_STATION, choices=layouts(),
                              description='one_station: that of station_file; else the stations of config/layouts/NAME.yaml'),
        DeclareLaunchArgument('robot_file', default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                              description='robot file (config/robots/NAME.yaml)'),
        DeclareLaunchArgument('station_file', default_value=str(share_path('config', 'stations', 'nut_station.yaml')),
                              description='drawing of the station (config/stations/NAME.yaml)'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
        DeclareLaunchArgument('web', default_value='false', choices=['true', 'false'],
                              description='page in the browser; its host, port and token_file: view.launch.py'),
        *process_environment(),
        part('view.launch.py', {**common, 'rviz': 'false', 'web': 'true'}, IfCondition(LaunchConfiguration('web'))),
        part('sim.launch.py', {**on_site, 'seed': LaunchConfiguration('seed')}, on_sim),
        part('emulated.launch.py', {**on_site, 'seed': LaunchConfiguration('seed')}, on_emulated),
        part('robot.launch.py', on_site, on_real),
        part('perception.launch.py', {**on_site, 'use_sim_time': 'true'}, on_sim),
        part('perception.launch.py', {**on_site, 'use_sim_time': 'true'}, on_emulated),
        part('perception.launch.py', {**on_site, 'use_sim_time': 'false'}, on_real),
        OpaqueFunction(function=work_nodes),
    ])
