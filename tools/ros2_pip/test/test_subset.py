# SPDX-License-Identifier: Apache-2.0
"""What isn't in the subset is refused by name."""
from __future__ import annotations

import importlib

import pytest
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, LogInfo
from launch.invalid_launch_file_error import InvalidLaunchFileError
from launch.launch_context import LaunchContext
from launch.launch_description_sources import AnyLaunchDescriptionSource
from launch_ros.actions import Node


@pytest.mark.parametrize('name', [
    'launch.actions.OpaqueCoroutine', 'launch.substitutions.AnonName', 'launch.LaunchIntrospector',
    'launch_ros.actions.ComposableNodeContainer', 'launch_ros.descriptions.ComposableNode',
    'launch_testing.actions.GTest', 'launch_testing.ReadyAggregator',
])
def test_missing_name_is_told(name):
    module, _, attribute = name.rpartition('.')
    with pytest.raises(ImportError, match=f'{name} is not in the subset'):
        getattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize(('make', 'message'), [
    (lambda: ExecuteProcess(cmd=['true'], emulate_tty=True), "ExecuteProcess: argument 'emulate_tty'"),
    (lambda: Node(executable='x', node_name='y'), "Node: argument 'node_name'"),
    (lambda: LogInfo(msg='x', level='warn'), "LogInfo: argument 'level'"),
    (lambda: LaunchDescription([], deprecated_reason='x'), "LaunchDescription: argument 'deprecated_reason'"),
    (lambda: DeclareLaunchArgument('x', prompt='y'), "DeclareLaunchArgument: argument 'prompt'"),
])
def test_missing_argument_is_told(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_launch_file_of_another_format_is_told():
    with pytest.raises(InvalidLaunchFileError, match='only Python launch files'):
        AnyLaunchDescriptionSource('robot.launch.xml').get_launch_description(LaunchContext())


def test_missing_command_is_told(ros2):
    result = ros2('bag', 'record')
    assert result.returncode == 1
    assert 'ros2 bag is not in the subset' in result.stderr
