# SPDX-License-Identifier: Apache-2.0
"""What a step depended on when it last ran."""
from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

IGNORED_FOLDERS = {'__pycache__', '.pytest_cache', 'build'}
IGNORED_SUFFIXES = {'.so', '.pyc'}


def source_files(paths: Iterable[Path]) -> list[Path]:
    """All files of the paths and folders that exist, without caches and build products, sorted."""
    found: set[Path] = set()
    for path in paths:
        candidates = path.rglob('*') if path.is_dir() else [path]
        found.update(
            file for file in candidates
            if file.is_file() and file.suffix not in IGNORED_SUFFIXES and not IGNORED_FOLDERS & set(file.parts)
            and not any(part.endswith('.egg-info') for part in file.parts))
    return sorted(found)


def digest(paths: Iterable[Path], *extra: str) -> str:
    """Hash of the names, modes and contents of source files and of further strings."""
    total = hashlib.sha256('\0'.join(extra).encode())
    for file in source_files(paths):
        total.update(f'\0{file}\0{file.stat().st_mode}\0'.encode())
        total.update(file.read_bytes())
    return total.hexdigest()


class Stamp:
    """A file that holds the digest of a step's inputs."""

    def __init__(self, path: Path, value: str) -> None:
        self._path = path
        self._value = value

    def is_current(self) -> bool:
        """True if the step has run with the same inputs."""
        return self._path.is_file() and self._path.read_text() == self._value

    def write(self) -> None:
        """Notes that the step has run."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._value)
