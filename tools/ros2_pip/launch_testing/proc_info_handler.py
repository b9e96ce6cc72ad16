# SPDX-License-Identifier: Apache-2.0
"""Records of processes' starts and ends."""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from launch.actions import ExecuteProcess
from launch.events.process import ProcessExited, RunningProcessEvent

from .util import NoMatchingProcessException, resolveProcesses


class ProcInfoHandler:
    """The last event of each process."""

    def __init__(self) -> None:
        self._events: dict[ExecuteProcess, RunningProcessEvent] = {}

    def append(self, process_info: RunningProcessEvent) -> None:
        """Notes a start or an end."""
        self._events[process_info.action] = process_info

    def __iter__(self) -> Iterator[RunningProcessEvent]:
        return iter(self._events.values())

    def processes(self) -> list[ExecuteProcess]:
        """All processes."""
        return list(self._events)

    def process_names(self) -> list[str]:
        """Their names."""
        return [action.process_details['name'] for action in self._events]

    def __getitem__(self, key: str | ExecuteProcess) -> RunningProcessEvent:
        if not isinstance(key, str):
            return self._events[key]
        for action, event in self._events.items():
            if key in action.process_details['name']:
                return event
        raise KeyError(key)


class ActiveProcInfoHandler:
    """The same while it grows: threads may wait for starts and ends."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._proc_info_handler = ProcInfoHandler()

    @property
    def proc_event(self) -> threading.Condition:
        """Notified when a process starts or ends."""
        return self._changed

    def append(self, process_info: RunningProcessEvent) -> None:
        """Notes a start or an end."""
        with self._changed:
            self._proc_info_handler.append(process_info)
            self._changed.notify_all()

    def __iter__(self) -> Iterator[RunningProcessEvent]:
        with self._changed:
            return iter(list(self._proc_info_handler))

    def processes(self) -> list[ExecuteProcess]:
        """All processes."""
        with self._changed:
            return self._proc_info_handler.processes()

    def process_names(self) -> list[str]:
        """Their names."""
        with self._changed:
            return self._proc_info_handler.process_names()

    def __getitem__(self, key: str | ExecuteProcess) -> RunningProcessEvent:
        with self._changed:
            return self._proc_info_handler[key]

    def assertWaitForShutdown(self, process: ExecuteProcess | str, cmd_args: object = None, *,
                              timeout: float = 10) -> None:
        """Fails unless a process ends within the timeout [s]."""
        self._wait(process, cmd_args, lambda event: isinstance(event, ProcessExited), 'finish', timeout)

    def assertWaitForStartup(self, process: ExecuteProcess | str, cmd_args: object = None, *,
                             timeout: float = 10) -> None:
        """Fails unless a process starts within the timeout [s]."""
        self._wait(process, cmd_args, lambda event: True, 'start', timeout)

    def _wait(self, process: ExecuteProcess | str, cmd_args: object,
              condition: Callable[[RunningProcessEvent], bool], what: str, timeout: float) -> None:
        def reached() -> bool:
            try:
                action = resolveProcesses(self._proc_info_handler, process=process, cmd_args=cmd_args)[0]
            except NoMatchingProcessException:
                return False
            return condition(self._proc_info_handler[action])

        with self._changed:
            success = self._changed.wait_for(reached, timeout=timeout)
        if not success:
            raise AssertionError(f"Timed out waiting for process '{process}' to {what}")
