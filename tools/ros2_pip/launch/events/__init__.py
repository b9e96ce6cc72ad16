# SPDX-License-Identifier: Apache-2.0
"""Events of a launch."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from . import matchers, process
from .execution_complete import ExecutionComplete
from .include_launch_description import IncludeLaunchDescription
from .matchers import matches_action
from .shutdown import Shutdown
from .timer_event import TimerEvent

__all__ = ['ExecutionComplete', 'IncludeLaunchDescription', 'Shutdown', 'TimerEvent', 'matchers', 'matches_action',
           'process']
__getattr__ = refuse_missing_names(__name__)
