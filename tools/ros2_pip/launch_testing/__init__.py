# SPDX-License-Identifier: Apache-2.0
"""Stand-in for ROS 2's launch_testing: the part that this project's tests use."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from . import actions, asserts, markers, util
from .io_handler import ActiveIoHandler, IoHandler
from .parametrize import parametrize
from .post_shutdown_test import post_shutdown_test
from .proc_info_handler import ActiveProcInfoHandler, ProcInfoHandler
from .ready_to_test_action_timeout import ready_to_test_action_timeout

__all__ = ['ActiveIoHandler', 'ActiveProcInfoHandler', 'IoHandler', 'ProcInfoHandler', 'actions', 'asserts', 'markers',
           'parametrize', 'post_shutdown_test', 'ready_to_test_action_timeout', 'util']
__getattr__ = refuse_missing_names(__name__)
