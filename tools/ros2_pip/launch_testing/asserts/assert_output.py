# SPDX-License-Identifier: Apache-2.0
"""Assertions about output."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from launch.actions import ExecuteProcess

from ..io_handler import IoHandler
from ..util import resolveProcesses

ANSI_ESCAPE_SEQUENCE = re.compile(r'\x1B(?:[@-Z\\-_]|\[[0-?]*[ -/]*[@-~])')


def find(expected: str | re.Pattern | Iterable, text: str, start: int = 0) -> int | None:
    """Where what is expected ends in a text, None if it isn't there; several things must come in their order.

    Raises ValueError for anything but text, patterns and iterables of them.
    """
    if isinstance(expected, str):
        index = text.find(expected, start)
        return None if index < 0 else index + len(expected)
    if isinstance(expected, re.Pattern):
        match = expected.search(text, start)
        return None if match is None else match.end()
    if isinstance(expected, Iterable):
        end: int | None = start
        for part in expected:
            end = find(part, text, end)
            if end is None:
                return None
        return end
    raise ValueError(f'Unknown format for expected text: {expected!r}')


def assertInStream(proc_output: IoHandler, expected_output: str | re.Pattern | Iterable,
                   process: ExecuteProcess | str | None, cmd_args: object = None, *,
                   output_filter: Callable[[str], str] | None = None, strict_proc_matching: bool = True,
                   strip_ansi_escape_sequences: bool = True, stream: str = 'stderr') -> None:
    """Fails unless a process has written what is expected to the stream."""
    if stream not in ('stdout', 'stderr'):
        raise ValueError("Invalid value for stream; must be 'stdout' or 'stderr'")
    if output_filter is not None and not callable(output_filter):
        raise ValueError('output_filter is not callable')
    resolved = resolveProcesses(proc_output, process=process, cmd_args=cmd_args,
                                strict_proc_matching=strict_proc_matching)
    for action in resolved:
        text = b''.join(
            io.text for io in proc_output[action] if getattr(io, f'from_{stream}')).decode(errors='replace')
        text = text.replace('\r\n', '\n')
        if strip_ansi_escape_sequences:
            text = ANSI_ESCAPE_SEQUENCE.sub('', text)
        if output_filter is not None:
            text = output_filter(text)
        if find(expected_output, text) is not None:
            return
    names = ', '.join(sorted(action.process_details['name'] for action in resolved))
    raise AssertionError(f"Did not find '{expected_output}' in output for any of the matching processes: {names}")


def assertInStdout(proc_output: IoHandler, expected_output: str | re.Pattern | Iterable,
                   process: ExecuteProcess | str | None, cmd_args: object = None, **options: object) -> None:
    """Fails unless a process has written what is expected to its standard output."""
    assertInStream(proc_output, expected_output, process, cmd_args, **{**options, 'stream': 'stdout'})


def assertInStderr(proc_output: IoHandler, expected_output: str | re.Pattern | Iterable,
                   process: ExecuteProcess | str | None, cmd_args: object = None, **options: object) -> None:
    """Fails unless a process has written what is expected to its standard error."""
    assertInStream(proc_output, expected_output, process, cmd_args, **{**options, 'stream': 'stderr'})


def assertDefaultStream() -> str:
    """The stream that nodes log to."""
    return 'stderr'
