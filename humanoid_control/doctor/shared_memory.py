# SPDX-License-Identifier: Apache-2.0
"""Fast DDS's files in shared memory that killed processes left behind."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path('/dev/shm')
PATTERNS = ('fastdds_*', 'sem.fastdds_*')
YOUNG = 5.0  # [s] files touched later may belong to a process that just starts


@dataclass(frozen=True)
class Leftovers:
    """Files that no living process maps or has open.

    Attributes:
        files: their paths.
        mib: what they occupy [MiB].
        hidden: how many processes of other users could not be looked into; their files may be among these.
    """

    files: tuple[Path, ...]
    mib: float
    hidden: int


def find_leftovers(folder: Path = FOLDER, processes: Path = Path('/proc')) -> Leftovers:
    """Leftovers now."""
    used, hidden = _files_in_use(folder, processes)
    files, size = [], 0
    for pattern in PATTERNS:
        for path in sorted(folder.glob(pattern)):
            if _family(path.name) & used:
                continue
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if time.time() - status.st_mtime > YOUNG:
                files.append(path)
                size += status.st_blocks * 512
    return Leftovers(tuple(files), size / 2**20, hidden)


def remove_leftovers(leftovers: Leftovers) -> int:
    """Delete the files; returns how many went. Those of other users stay."""
    removed = 0
    for path in leftovers.files:
        try:
            path.unlink()
        except (FileNotFoundError, PermissionError):
            continue
        removed += 1
    return removed


def _family(name: str) -> set[str]:
    """Names of the files that live and die together: a segment or port, its locks and the semaphore that guards it."""
    base = name.removeprefix('sem.').removesuffix('_mutex').removesuffix('_el').removesuffix('_sl')
    return {base, f'{base}_el', f'{base}_sl', f'sem.{base}_mutex'}


def _files_in_use(folder: Path, processes: Path) -> tuple[set[str], int]:
    used: set[str] = set()
    hidden = 0
    for process in processes.glob('[0-9]*'):
        try:
            mapped = (
                line.rpartition(f'{folder}/')[2]
                for line in (process / 'maps').read_text().splitlines()
                if f'{folder}/' in line
            )
            used.update(name.removesuffix(' (deleted)') for name in mapped)
            opened = (link.readlink() for link in (process / 'fd').iterdir() if link.is_symlink())
            used.update(path.name for path in opened if path.parent == folder)
        except PermissionError:
            hidden += 1
        except OSError:  # ended meanwhile
            continue
    return used, hidden
