# SPDX-License-Identifier: Apache-2.0
"""What happened to a process."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ...event import Event

if TYPE_CHECKING:
    from ...actions import ExecuteProcess


class RunningProcessEvent(Event):
    """Something happened to a process that has been started."""

    name = 'launch.events.process.RunningProcessEvent'

    def __init__(self, *, action: ExecuteProcess, name: str, cmd: list[str], cwd: str | None,
                 env: dict[str, str] | None, pid: int) -> None:
        self.action = action
        self.execute_process_action = action
        self.process_name = name
        self.cmd = cmd
        self.cwd = cwd
        self.env = env
        self.pid = pid


class ProcessStarted(RunningProcessEvent):
    """A process has started."""

    name = 'launch.events.process.ProcessStarted'


class ProcessExited(RunningProcessEvent):
    """A process has ended; returncode is negative for a signal."""

    name = 'launch.events.process.ProcessExited'

    def __init__(self, *, returncode: int, **details: object) -> None:
        super().__init__(**details)
        self.returncode = returncode


class ProcessIO(RunningProcessEvent):
    """A process has written something."""

    name = 'launch.events.process.ProcessIO'
    from_stdin = False
    from_stdout = False
    from_stderr = False

    def __init__(self, *, text: bytes, **details: object) -> None:
        super().__init__(**details)
        self.text = text


class ProcessStdout(ProcessIO):
    """A process has written to its standard output."""

    name = 'launch.events.process.ProcessStdout'
    from_stdout = True


class ProcessStderr(ProcessIO):
    """A process has written to its standard error."""

    name = 'launch.events.process.ProcessStderr'
    from_stderr = True
