# SPDX-License-Identifier: Apache-2.0
"""An event handler that fails."""
from launch import LaunchDescription
from launch.actions import ExecuteProcess, RegisterEventHandler
from launch.event_handlers import OnProcessExit


def fail(event, context):
    raise RuntimeError('the handler failed')


def generate_launch_description():
    short = ExecuteProcess(cmd=['true'])
    return LaunchDescription([
        ExecuteProcess(cmd=['sleep', '60']),
        RegisterEventHandler(OnProcessExit(target_action=short, on_exit=fail)),
        short,
    ])
