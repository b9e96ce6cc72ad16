# SPDX-License-Identifier: Apache-2.0
"""Controllers above the joints and the supervisor, the same for the simulated and the real robot."""
from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from humanoid_control.launch_arguments import ONE_STATION, layout_file, layouts
from humanoid_control.model import RobotConfiguration, load_urdf, share_path


def control_nodes(context):
    """Balance, kinematics, supervisor, walking and state publisher for the chosen robot file."""
    robot_file = LaunchConfiguration('robot_file').perform(context)
    use_sim_time = ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)
    common = {'use_sim_time': use_sim_time}
    urdf = load_urdf(share_path(RobotConfiguration.load(robot_file).urdf))
    namespace = LaunchConfiguration('namespace')
    buttons = LaunchConfiguration('stop_buttons').perform(context)
    stop_button = Node(package='humanoid_assembly', executable='stop_button', name='stop_button', namespace=namespace,
                       output='screen', parameters=[{'buttons': buttons}])
    return [
        *([stop_button] if buttons else []),
        Node(package='humanoid_assembly', executable='balance', name='balance', namespace=namespace, output='screen',
             parameters=[common, {'robot_file': robot_file, 'autostart': True, 'supervised': True}]),
        Node(package='humanoid_assembly', executable='kinematics', name='kinematics', namespace=namespace, output='screen',
             parameters=[common, {'robot_file': robot_file, 'autostart': True, 'supervised': True}]),
        # this one and walking read /clock by themselves when simulated: use_sim_time would wake them with every tick
        Node(package='humanoid_assembly', executable='supervisor', name='supervisor', namespace=namespace, output='screen',
             parameters=[{'robot_file': robot_file, 'simulated': use_sim_time}]),
        Node(package='humanoid_assembly', executable='walking', name='walking', namespace=namespace, output='screen',
             condition=IfCondition(LaunchConfiguration('walking')),
             parameters=[{'robot_file': robot_file, 'simulated': use_sim_time, 'supervised': True,
                          'layout_file': layout_file(context),
                          'floor_map': LaunchConfiguration('floor_map').perform(context)}]),
        Node(package='robot_state_publisher', executable='robot_state_publisher', name='robot_state_publisher',
             namespace=namespace, output='screen',
             parameters=[common, {'robot_description': ParameterValue(urdf, value_type=str), 'publish_frequency': 20.0}]),
    ]


def generate_launch_description() -> LaunchDescription:
    """Balance, kinematics, supervisor, walking and state publisher."""
    return LaunchDescription([
        DeclareLaunchArgument('robot_file', default_value=str(share_path('config', 'robots', 'humanoid.yaml')),
                              description='robot file (config/robots/NAME.yaml)'),
        DeclareLaunchArgument('use_sim_time', default_value='false', choices=['true', 'false'],
                              description='take the time from /clock'),
        DeclareLaunchArgument('namespace', default_value='', description='namespace of this robot'),
        DeclareLaunchArgument('stop_buttons', default_value='',
                              description='stop buttons, separated by blanks: input:DEVICE, input:DEVICE#KEY, gpio:CHIP#LINE'),
        DeclareLaunchArgument('walking', default_value='true', choices=['true', 'false'],
                              description='node that walks at cmd_vel and to goal_pose'),
        DeclareLaunchArgument('floor_map', default_value='', description='floor map file of the walking node; empty: an open floor'),
        DeclareLaunchArgument('layout', default_value=ONE_STATION, choices=layouts(),
                              description='one_station: an open floor, or floor_map; else the floor of config/layouts/NAME.yaml'),
        OpaqueFunction(function=control_nodes),
    ])
