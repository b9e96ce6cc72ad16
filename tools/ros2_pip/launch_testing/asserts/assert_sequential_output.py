# SPDX-License-Identifier: Apache-2.0
"""Assertions about the order of output."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from launch.actions import ExecuteProcess

from ..io_handler import IoHandler
from ..util import resolveProcesses


class SequentialTextChecker:
    """Looks for texts, each after the one found before."""

    def __init__(self, output: list[str]) -> None:
        self._text = ''.join(output)
        self._position = 0

    def assertInStdout(self, msg: str) -> None:
        """Fails unless the text follows."""
        index = self._text.find(msg, self._position)
        if index < 0:
            nearby = self._text[self._position:self._position + 400]
            raise AssertionError(f"'{msg}' not found in sequence after previous match. The output after it:\n{nearby}")
        self._position = index + len(msg)


@contextmanager
def assertSequentialStdout(proc_output: IoHandler, process: ExecuteProcess | str,
                           cmd_args: object = None) -> Iterator[SequentialTextChecker]:
    """A checker for the output of one process."""
    action = resolveProcesses(proc_output, process=process, cmd_args=cmd_args)[0]
    yield SequentialTextChecker([io.text.decode(errors='replace') for io in proc_output[action]])
