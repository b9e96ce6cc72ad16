# SPDX-License-Identifier: Apache-2.0
"""What becomes of a process's output."""
from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING

from .. import logging
from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions

if TYPE_CHECKING:
    from .execute_process import ExecuteProcess


class ProcessOutput:
    """Logs output line by line, each stream where it is wanted, and keeps it if asked to."""

    def __init__(self, process: ExecuteProcess, output: SomeSubstitutionsType | dict, line_format: str, *,
                 cached: bool) -> None:
        self._process = process
        self._where = os.environ.get('OVERRIDE_LAUNCH_PROCESS_OUTPUT') or output
        self._format = line_format
        self._cache: dict[str, list[str]] | None = {'stdout': [], 'stderr': []} if cached else None
        self._loggers: dict[str, object] = {}
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._rest = {'stdout': '', 'stderr': ''}

    def open(self, context: LaunchContext) -> None:
        """Prepares the loggers. Raises ValueError for an output configuration that isn't known."""
        where = self._where
        if not isinstance(where, dict):
            where = perform_substitutions(context, normalize_to_list_of_substitutions(where))
        name = self._process.process_description.final_name
        self._loggers = dict(zip(('stdout', 'stderr'), logging.get_output_loggers(name, where)))
        self._decoders = {stream: codecs.getincrementaldecoder('utf-8')('replace') for stream in self._loggers}

    def write(self, stream: str, data: bytes) -> None:
        """Logs the lines that are complete."""
        text = self._decoders[stream].decode(data)
        if self._cache is not None:
            self._cache[stream].append(text)
        *lines, self._rest[stream] = (self._rest[stream] + text).split('\n')
        for line in lines:
            self._log(stream, line)

    def flush(self) -> None:
        """Logs what stands without a line's end."""
        for stream, line in self._rest.items():
            if line:
                self._log(stream, line)
            self._rest[stream] = ''

    def cached(self, stream: str) -> str:
        """All output so far. Raises RuntimeError if it isn't kept."""
        if self._cache is None:
            raise RuntimeError(f"cached_output must be True to get {stream} of process '{self._process.name}'")
        return ''.join(self._cache[stream])

    def _log(self, stream: str, line: str) -> None:
        self._loggers[stream].info(self._format.format(line=line, this=self._process))
