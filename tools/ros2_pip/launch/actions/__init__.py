# SPDX-License-Identifier: Apache-2.0
"""Actions of launch files."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .declare_launch_argument import DeclareLaunchArgument
from .emit_event import EmitEvent
from .environment import (
    AppendEnvironmentVariable,
    PopEnvironment,
    PushEnvironment,
    ResetEnvironment,
    SetEnvironmentVariable,
    UnsetEnvironmentVariable,
)
from .execute_process import ExecuteLocal, ExecuteProcess
from .group_action import GroupAction
from .include_launch_description import IncludeLaunchDescription
from .launch_configurations import (
    PopLaunchConfigurations,
    PushLaunchConfigurations,
    ResetLaunchConfigurations,
    SetLaunchConfiguration,
    UnsetLaunchConfiguration,
)
from .log_info import LogInfo
from .opaque_function import OpaqueFunction
from .register_event_handler import RegisterEventHandler, UnregisterEventHandler
from .shutdown_action import Shutdown
from .timer_action import TimerAction

__all__ = [
    'AppendEnvironmentVariable', 'DeclareLaunchArgument', 'EmitEvent', 'ExecuteLocal', 'ExecuteProcess', 'GroupAction',
    'IncludeLaunchDescription', 'LogInfo', 'OpaqueFunction', 'PopEnvironment', 'PopLaunchConfigurations',
    'PushEnvironment', 'PushLaunchConfigurations', 'RegisterEventHandler', 'ResetEnvironment',
    'ResetLaunchConfigurations', 'SetEnvironmentVariable', 'SetLaunchConfiguration', 'Shutdown', 'TimerAction',
    'UnregisterEventHandler', 'UnsetEnvironmentVariable', 'UnsetLaunchConfiguration',
]
__getattr__ = refuse_missing_names(__name__)
