# SPDX-License-Identifier: Apache-2.0
"""Assertions about exit codes."""
from __future__ import annotations

from collections.abc import Iterable

from launch.actions import ExecuteProcess

from ..proc_info_handler import ProcInfoHandler
from ..util import resolveProcesses

EXIT_OK = 0
EXIT_SIGINT = 130
EXIT_SIGQUIT = 131
EXIT_SIGKILL = 137
EXIT_SIGSEGV = 139


def assertExitCodes(proc_info: ProcInfoHandler, allowable_exit_codes: Iterable[int] = (EXIT_OK,),
                    process: ExecuteProcess | str | None = None, cmd_args: object = None, *,
                    strict_proc_matching: bool = True) -> None:
    """Fails unless the processes, all by default, have ended with one of the exit codes."""
    allowed = list(allowable_exit_codes)
    for code in allowed:
        if not isinstance(code, int):
            raise AssertionError(f'Provided exit code {code} is not an int')
    for action in resolveProcesses(proc_info, process=process, cmd_args=cmd_args,
                                   strict_proc_matching=strict_proc_matching):
        info = proc_info[action]
        if info.returncode not in allowed:
            raise AssertionError(f'Proc {info.process_name} exited with code {info.returncode}')
