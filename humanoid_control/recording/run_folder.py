# SPDX-License-Identifier: Apache-2.0
"""The folder of one run: bag, configuration, versions, report."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path
from humanoid_control.recording.errors import RecordingError

IN_USE = 60.0  # [s] a bag that was written to since is another robot's that runs now
BAG, CONFIG, FACTS, REPORT = 'bag', 'config', 'run.json', 'report.json'


def runs_folder() -> Path:
    """Where runs are kept unless told otherwise: below ROS's own folder of logs and the like."""
    home = os.environ.get('ROS_HOME')
    return (Path(home) if home else Path.home() / '.ros') / 'humanoid_assembly' / 'runs'


def new_run_folder(
    record: str, seed: int | None, namespace: str = '', now: datetime.datetime | None = None
) -> Path | None:
    """Name of the folder for a run that starts now; nothing is made yet.

    Args:
        record: 'false' for none, 'true' for one in `runs_folder()`, else the folder to hold it.
        seed: of the simulation, None on the real robot.
        namespace: of the robot: two of them may start at once.

    Raises ConfigurationError when `record` is none of these.
    """
    if record == 'false':
        return None
    if not record or record.lower() in ('true', 'false') and record != 'true':
        raise ConfigurationError(f'launch argument record:={record!r}: expected true, false or a folder')
    parent = runs_folder() if record == 'true' else Path(record).expanduser().absolute()
    name = (now or datetime.datetime.now()).strftime('%Y-%m-%d_%H-%M-%S') + ('' if seed is None else f'_seed{seed}')
    name += ''.join(f'_{word}' for word in namespace.split('/') if word)
    folder, again = parent / name, 1
    while folder.exists():
        again += 1
        folder = parent / f'{name}_{again}'
    return folder


class RunFolder:
    """Makes the folder of a run and keeps the bags beside it bounded.

    Attributes:
        path: of the folder.
    """

    def __init__(self, path: Path):
        self.path = path

    @property
    def bag(self) -> Path:
        """Folder of the bag."""
        return self.path / BAG

    def create(self, facts: Mapping[str, Any], files: Mapping[str, Path]) -> None:
        """Make the folder with run.json and copies of the configuration: the package's own and `files` by name.

        Raises RecordingError naming the folder and what to do.
        """
        try:
            self.path.mkdir(parents=True)
            shutil.copytree(share_path('config'), self.path / CONFIG, ignore=shutil.ignore_patterns('rviz', '.*'))
            for name, file in files.items():
                shutil.copyfile(file, self.path / CONFIG / f'{name}{file.suffix}')
            (self.path / FACTS).write_text(json.dumps(dict(facts), indent=2) + '\n', encoding='utf-8')
        except OSError as error:
            raise RecordingError(
                f'{self.path}: cannot be made: {error.strerror}; nothing is recorded. Make room or give another folder '
                'with record:=DIR; the robot goes on'
            ) from error

    def remove_old_bags(self, keep: int) -> list[Path]:
        """Remove the oldest other runs' bags until those that are left hold at most `keep` bytes; returns their runs.

        Configuration, versions and reports of these runs stay. Bags in use, and those that cannot be removed, are left.
        """
        others = sorted(
            (facts.parent for facts in self.path.parent.glob(f'*/{FACTS}') if facts.parent != self.path),
            key=lambda run: run.name,
        )
        files = {run: _stat_all(run / BAG) for run in others}
        sizes = {run: sum(file.st_size for file in found) for run, found in files.items()}
        newest = {run: max((file.st_mtime for file in found), default=0.0) for run, found in files.items()}
        total, removed = sum(sizes.values()), []
        for run in others:
            if total <= keep:
                break
            if sizes[run] and time.time() - newest[run] > IN_USE:
                shutil.rmtree(run / BAG, ignore_errors=True)
                total -= sizes[run]
                removed.append(run)
        return removed


def _stat_all(folder: Path) -> list[os.stat_result]:
    """Of all files in a folder; none where it cannot be read or another recorder removes it just now."""
    try:
        return [file.stat() for file in folder.iterdir()]
    except OSError:
        return []
