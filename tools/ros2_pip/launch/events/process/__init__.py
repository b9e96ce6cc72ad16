# SPDX-License-Identifier: Apache-2.0
"""Events of processes."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .process_event import ProcessExited, ProcessIO, ProcessStarted, ProcessStderr, ProcessStdout, RunningProcessEvent
from .process_matchers import matches_name, matches_pid
from .targeted_event import ProcessTargetedEvent, ShutdownProcess, SignalProcess

__all__ = [
    'ProcessExited', 'ProcessIO', 'ProcessStarted', 'ProcessStderr', 'ProcessStdout', 'ProcessTargetedEvent',
    'RunningProcessEvent', 'ShutdownProcess', 'SignalProcess', 'matches_name', 'matches_pid',
]
__getattr__ = refuse_missing_names(__name__)
