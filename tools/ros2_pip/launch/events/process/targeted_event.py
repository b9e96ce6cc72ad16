# SPDX-License-Identifier: Apache-2.0
"""What is to happen to processes."""
from __future__ import annotations

import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...event import Event

if TYPE_CHECKING:
    from ...actions import ExecuteProcess


class ProcessTargetedEvent(Event):
    """Something for the processes that the matcher names."""

    name = 'launch.events.process.ProcessTargetedEvent'

    def __init__(self, *, process_matcher: Callable[[ExecuteProcess], bool]) -> None:
        self.process_matcher = process_matcher


class ShutdownProcess(ProcessTargetedEvent):
    """Ask processes to stop: SIGINT, later SIGTERM, later SIGKILL."""

    name = 'launch.events.process.ShutdownProcess'


class SignalProcess(ProcessTargetedEvent):
    """Send a signal."""

    name = 'launch.events.process.SignalProcess'

    def __init__(self, *, signal_number: str | int, process_matcher: Callable[[ExecuteProcess], bool]) -> None:
        super().__init__(process_matcher=process_matcher)
        self.signal = signal.Signals[signal_number] if isinstance(signal_number, str) else signal.Signals(signal_number)

    @property
    def signal_name(self) -> str:
        """Name, e.g. SIGINT."""
        return self.signal.name
