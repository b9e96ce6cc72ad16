# SPDX-License-Identifier: Apache-2.0
"""Records of output."""
from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator

from launch.actions import ExecuteProcess
from launch.events.process import ProcessIO

from .util import NoMatchingProcessException, resolveProcesses


class IoHandler:
    """All output in the order of time, and by process."""

    def __init__(self) -> None:
        self._all: list[ProcessIO] = []
        self._by_name: dict[str, list[ProcessIO]] = {}

    def track(self, process_name: str) -> None:
        """Notes that a process exists."""
        self._by_name.setdefault(process_name, [])

    def append(self, process_io: ProcessIO) -> None:
        """Notes output."""
        self._all.append(process_io)
        self._by_name.setdefault(process_io.process_name, []).append(process_io)

    def __iter__(self) -> Iterator[ProcessIO]:
        return iter(self._all)

    def processes(self) -> list[ExecuteProcess]:
        """Processes that have written something."""
        return [records[0].action for records in self._by_name.values() if records]

    def process_names(self) -> list[str]:
        """Names of all processes."""
        return list(self._by_name)

    def __getitem__(self, key: str | ExecuteProcess) -> list[ProcessIO]:
        return list(self._by_name[key if isinstance(key, str) else key.process_details['name']])


class ActiveIoHandler:
    """The same while it grows: threads may wait for output."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._io_handler = IoHandler()

    @property
    def io_event(self) -> threading.Condition:
        """Notified when something is written."""
        return self._changed

    def track(self, process_name: str) -> None:
        """Notes that a process exists."""
        with self._changed:
            self._io_handler.track(process_name)
            self._changed.notify_all()

    def append(self, process_io: ProcessIO) -> None:
        """Notes output."""
        with self._changed:
            self._io_handler.append(process_io)
            self._changed.notify_all()

    def __iter__(self) -> Iterator[ProcessIO]:
        with self._changed:
            return iter(list(self._io_handler))

    def processes(self) -> list[ExecuteProcess]:
        """Processes that have written something."""
        with self._changed:
            return self._io_handler.processes()

    def process_names(self) -> list[str]:
        """Names of all processes."""
        with self._changed:
            return self._io_handler.process_names()

    def __getitem__(self, key: str | ExecuteProcess) -> list[ProcessIO]:
        with self._changed:
            return self._io_handler[key]

    def waitFor(self, expected_output: str | re.Pattern | Iterable, process: ExecuteProcess | str | None = None,
                cmd_args: object = None, *, strict_proc_matching: bool = True,
                output_filter: Callable[[str], str] | None = None, timeout: float = 10,
                strip_ansi_escape_sequences: bool = True, stream: str = 'stderr') -> bool:
        """True as soon as a process has written what is expected, False after the timeout [s].

        Raises Exception after the timeout if no process fits.
        """
        from .asserts import assertInStream  # here: the assertions name this class

        def found() -> bool:
            try:
                assertInStream(
                    self._io_handler, expected_output, process, cmd_args, output_filter=output_filter,
                    strict_proc_matching=strict_proc_matching,
                    strip_ansi_escape_sequences=strip_ansi_escape_sequences, stream=stream)
            except (NoMatchingProcessException, AssertionError):
                return False
            return True

        with self._changed:
            success = self._changed.wait_for(found, timeout=timeout)
        if not success:
            resolveProcesses(self, process=process, cmd_args=cmd_args, strict_proc_matching=False)
        return success

    def assertWaitFor(self, *args: object, **kwargs: object) -> None:
        """Fails unless waitFor() gives True."""
        if not self.waitFor(*args, **kwargs):
            raise AssertionError('Waiting for output timed out')
