# SPDX-License-Identifier: Apache-2.0
"""Error for a launch file that can't be read."""
from __future__ import annotations

import traceback


class InvalidLaunchFileError(Exception):
    """A file given as a launch file isn't one; shows the error of each attempt to read it."""

    def __init__(self, extension: str = '', *, likely_errors: list[Exception] | None = None) -> None:
        self._extension = extension
        self._likely_errors = likely_errors or []
        self.__cause__ = self._likely_errors[0] if self._likely_errors else None
        super().__init__(str(self))

    def __str__(self) -> str:
        if not self._likely_errors:
            return f'The launch file may have a syntax error, or its format is unknown: {self._extension!r}'
        errors = '\n'.join(''.join(traceback.format_exception_only(error)).strip() for error in self._likely_errors)
        return f'Caught exception when trying to load file of format [{self._extension}]: {errors}'
