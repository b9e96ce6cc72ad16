# SPDX-License-Identifier: Apache-2.0
"""metadata.yaml of a rosbag2 bag, version 9 (Jazzy, Kilted)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from humanoid_control.recording.channel import Channel
from humanoid_control.recording.mcap_file import McapFile

VERSION = 9


@dataclass(frozen=True)
class FileSummary:
    """What one file of a bag holds: size [bytes], earliest and latest log time [ns], messages by topic."""

    path: Path
    size: int
    begin: int
    end: int
    counts: Counter[str]

    @classmethod
    def of(cls, file: McapFile) -> FileSummary:
        """Summary of a file as it stands now."""
        size = file.path.stat().st_size if file.path.exists() else 0
        return cls(file.path, size, file.begin, file.end, Counter(file.counts))

    def as_data(self) -> dict[str, Any]:
        """What rosbag2 reads."""
        return {
            'path': self.path.name,
            'starting_time': {'nanoseconds_since_epoch': self.begin},
            'duration': {'nanoseconds': self.end - self.begin},
            'message_count': self.counts.total(),
        }


def write_metadata(path: Path, channels: Iterable[Channel], files: Sequence[FileSummary]) -> None:
    """Write metadata.yaml for the files that are there; who reads it meanwhile finds the old or the new one.

    Raises OSError.
    """
    counts: Counter[str] = Counter()
    for file in files:
        counts.update(file.counts)
    times = [(file.begin, file.end) for file in files if file.counts]
    begin, end = min((b for b, _ in times), default=0), max((e for _, e in times), default=0)
    content = {
        'version': VERSION,
        'storage_identifier': 'mcap',
        'duration': {'nanoseconds': end - begin},
        'starting_time': {'nanoseconds_since_epoch': begin},
        'message_count': counts.total(),
        'topics_with_message_count': [
            {
                'topic_metadata': {
                    'name': channel.topic,
                    'type': channel.definition.type,
                    'serialization_format': 'cdr',
                    'offered_qos_profiles': channel.offered_data(),
                    'type_description_hash': channel.definition.type_hash,
                },
                'message_count': counts[channel.topic],
            }
            for channel in channels
        ],
        'compression_format': '',  # MCAP compresses by itself
        'compression_mode': '',
        'relative_file_paths': [file.path.name for file in files],
        'files': [file.as_data() for file in files],
        'custom_data': None,
        'ros_distro': os.environ.get('ROS_DISTRO', 'kilted'),
    }
    new = path.with_suffix('.new')
    new.write_text(
        yaml.safe_dump({'rosbag2_bagfile_information': content}, sort_keys=False, allow_unicode=True), encoding='utf-8'
    )
    new.replace(path)
