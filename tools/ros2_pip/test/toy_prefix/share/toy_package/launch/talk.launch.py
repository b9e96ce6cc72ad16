# SPDX-License-Identifier: Apache-2.0
"""A talker with most of what launch files use."""
from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    LogInfo,
    OpaqueFunction,
    RegisterEventHandler,
    SetEnvironmentVariable,
    Shutdown,
    TimerAction,
)
from launch.conditions import IfCondition, UnlessCondition
from launch.event_handlers import OnProcessExit, OnProcessStart
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import (
    AndSubstitution,
    Command,
    EqualsSubstitution,
    FindExecutable,
    LaunchConfiguration,
    NotSubstitution,
    PathJoinSubstitution,
    PythonExpression,
)
from launch_ros.actions import Node, PushRosNamespace, SetParameter, SetRemap
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare


def say_kind(context):
    return [LogInfo(msg=f"kind is {LaunchConfiguration('kind').perform(context)}")]


def generate_launch_description():
    share = FindPackageShare('toy_package')
    talker = Node(
        package='toy_package', executable='talker', name='speaker', output='screen',
        parameters=[
            PathJoinSubstitution([share, 'config', 'talker.yaml']),
            {'text': ParameterValue(LaunchConfiguration('text'), value_type=str), 'names': ['one', 'two']},
        ],
        remappings=[('chatter', 'said')],
        additional_env={'TOY': 'yes'},
    )
    echo = Node(package='toy_package', executable='talker', name='second', output='screen',
                condition=IfCondition(AndSubstitution(LaunchConfiguration('second'),
                                                      EqualsSubstitution(LaunchConfiguration('kind'), 'loud'))))
    return LaunchDescription([
        DeclareLaunchArgument('text', default_value='12', description='what to say'),
        DeclareLaunchArgument('kind', default_value='loud', description='how', choices=['loud', 'quiet']),
        DeclareLaunchArgument('second', default_value='false', description='a second talker.'),
        DeclareLaunchArgument('robot', default_value='', description='namespace'),
        DeclareLaunchArgument('seconds', default_value='0', description='end after this time [s], 0: never'),
        SetEnvironmentVariable('TOY_MODE', LaunchConfiguration('kind')),
        OpaqueFunction(function=say_kind),
        LogInfo(msg=['shell says ', Command([FindExecutable(name='echo'), ' hi'])]),
        LogInfo(msg='quiet', condition=UnlessCondition(EqualsSubstitution(LaunchConfiguration('kind'), 'loud'))),
        GroupAction([
            PushRosNamespace(LaunchConfiguration('robot')),
            SetParameter('gain', PythonExpression(['2 * ', '3.5'])),
            SetRemap('echo', 'repeat'),
            talker,
            echo,
        ]),
        RegisterEventHandler(OnProcessStart(
            target_action=talker, on_start=[LogInfo(msg='the talker has started')])),
        RegisterEventHandler(OnProcessExit(
            target_action=talker,
            on_exit=lambda event, context: [LogInfo(msg=f'the talker ended with {event.returncode}')])),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(PathJoinSubstitution([share, 'launch', 'note.launch.py'])),
            launch_arguments={'note': 'included'}.items()),
        TimerAction(period=LaunchConfiguration('seconds'), actions=[Shutdown(reason='time is up')],
                    condition=IfCondition(NotSubstitution(EqualsSubstitution(LaunchConfiguration('seconds'), '0')))),
    ])
