# SPDX-License-Identifier: Apache-2.0
"""Finding processes by name and arguments."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from launch.actions import ExecuteProcess

NO_CMD_ARGS = object()  # stands for a process without arguments


class NoMatchingProcessException(Exception):
    """No process is what was looked for."""


class ProcessRecord(Protocol):
    """Anything that knows processes."""

    def processes(self) -> Iterable[ExecuteProcess]:
        """The processes."""


def describe(process: ExecuteProcess) -> str:
    """Name and arguments."""
    if not process.process_details:
        return 'Unknown - Process not launched yet'
    return ' '.join([process.process_details['name'], *process.process_details['cmd'][1:]])


def matches(process: ExecuteProcess, name: str, cmd_args: object) -> bool:
    """True if the process's name contains name and its command line has the arguments."""
    if name not in process.process_details['name']:
        return False
    command = process.process_details['cmd']
    if cmd_args is NO_CMD_ARGS:
        return len(command) == 1
    return cmd_args is None or all(argument in command[1:] for argument in cmd_args)


def resolveProcesses(info_obj: ProcessRecord, *, process: ExecuteProcess | str | None = None,
                     cmd_args: object = None, strict_proc_matching: bool = True) -> list[ExecuteProcess]:
    """The processes meant by an action, by a part of a name, or all of them for None.

    Raises NoMatchingProcessException if there is none, Exception if a name fits several and strict_proc_matching.
    """
    known = list(info_obj.processes())
    if process is None:
        if not known:
            raise NoMatchingProcessException('No data recorded for any process')
        return known
    if isinstance(process, ExecuteProcess):
        if process not in known:
            raise NoMatchingProcessException(f'No data recorded for proc {describe(process)}')
        return [process]
    if not isinstance(process, str):
        raise TypeError(f"proc argument must be 'ExecuteProcess' or 'str' not {type(process)}")
    arguments = [cmd_args] if isinstance(cmd_args, str) else cmd_args
    found = [candidate for candidate in known if matches(candidate, process, arguments)]
    names = ', '.join(sorted(describe(candidate) for candidate in known))
    if not found:
        raise NoMatchingProcessException(
            f"Did not find any processes matching name '{process}' and args '{arguments}'. Procs: {names}")
    if strict_proc_matching and len(found) > 1:
        raise Exception(
            f"Found multiple processes matching name '{process}' and cmd_args '{arguments}'. Procs: {names}")
    return found
