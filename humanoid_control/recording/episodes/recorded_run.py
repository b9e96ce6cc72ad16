# SPDX-License-Identifier: Apache-2.0
"""What a run's folder says of its cycles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanoid_control.recording.errors import RecordingError
from humanoid_control.recording.run_folder import BAG, FACTS, REPORT


@dataclass(frozen=True)
class Cycle:
    """One finished work cycle.

    Attributes:
        number: within its run, from 1.
        start, end: in the time of the stamps [s].
        success: whether all of it was done, as judged.
        failure: codes of what failed, separated by commas; empty after success.
    """

    number: int
    start: float
    end: float
    success: bool
    failure: str


@dataclass(frozen=True)
class RecordedRun:
    """A run's folder.

    Attributes:
        path: of the folder.
        version: of this software that made it.
        seed: of the simulation, None on the real robot.
        namespace: of the robot.
        cycles: those that ended.
        started: date and time, as text.
    """

    path: Path
    version: str
    seed: int | None
    namespace: str
    cycles: tuple[Cycle, ...]
    started: str

    @classmethod
    def load(cls, path: Path) -> RecordedRun:
        """Read run.json and report.json; a run that ended before its first cycle did has no report and no cycles.

        Raises RecordingError that names the file and what is wrong with it.
        """
        facts = _read(path / FACTS)
        report = _read(path / REPORT) if (path / REPORT).is_file() else {}
        try:
            arguments = facts['arguments']
            versions = report.get('versions') or facts['versions']
            return cls(
                path,
                versions.get('humanoid_assembly', 'unknown'),
                report.get('seed') if report else _whole(arguments.get('seed')),
                arguments.get('namespace', '').strip('/'),
                tuple(_cycle(number, entry) for number, entry in enumerate(report.get('cycles', ()), 1)),
                facts['started'],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise RecordingError(f'{path}: {FACTS} or {REPORT} lacks {error}; is it the folder of a run?') from error

    @property
    def bag(self) -> Path:
        """Folder of the bag."""
        return self.path / BAG

    @property
    def prefix(self) -> str:
        """What the full names of this robot's topics begin with."""
        return f'/{self.namespace}/' if self.namespace else '/'

    def topic(self, name: str) -> str:
        """Full name of one of this robot's topics."""
        return self.prefix + name


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
    except OSError as error:
        raise RecordingError(f'{path}: cannot be read: {error.strerror}; expected the folder of a run') from error
    except ValueError as error:
        raise RecordingError(f'{path}: is not valid JSON: {error}') from error
    if not isinstance(content, dict):
        raise RecordingError(f'{path}: expected an object, got {type(content).__name__}')
    return content


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None


def _cycle(number: int, entry: dict[str, Any]) -> Cycle:
    failures = entry['failure'] or {}
    codes = dict.fromkeys(text.partition(':')[0] for text in failures.values())
    return Cycle(
        number, entry['start_s'], entry['start_s'] + entry['time_s'], entry['left'] and entry['right'], ','.join(codes)
    )
