# SPDX-License-Identifier: Apache-2.0
"""Event handlers."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .on_action_event_base import OnActionEventBase
from .on_execution_complete import OnExecutionComplete
from .on_process_exit import OnProcessExit
from .on_process_io import OnProcessIO
from .on_process_start import OnProcessStart
from .on_shutdown import OnShutdown

__all__ = ['OnActionEventBase', 'OnExecutionComplete', 'OnProcessExit', 'OnProcessIO', 'OnProcessStart', 'OnShutdown']
__getattr__ = refuse_missing_names(__name__)
