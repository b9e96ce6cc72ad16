# SPDX-License-Identifier: Apache-2.0
"""Logs its argument."""
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, LogInfo
from launch.substitutions import LaunchConfiguration


def generate_launch_description():
    return LaunchDescription([
        DeclareLaunchArgument('note', description='what to log'),
        LogInfo(msg=['note: ', LaunchConfiguration('note')]),
    ])
