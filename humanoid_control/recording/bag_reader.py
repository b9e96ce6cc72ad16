# SPDX-License-Identifier: Apache-2.0
"""Reads bags, also those whose recorder was killed or whose disk was full."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
import zstandard
from mcap import records
from mcap.exceptions import McapError
from mcap.stream_reader import StreamReader

from humanoid_control.recording.errors import RecordingError

# what a file that ends in the middle of a record is to the library
CUT = (McapError, struct.error, zstandard.ZstdError, ValueError)


@dataclass(frozen=True)
class RecordedMessage:
    """One message of a bag: times in [ns] since 1970, data in wire form."""

    topic: str
    type: str
    definition: str
    log_time: int
    publish_time: int
    data: bytes


class BagReader:
    """Messages of a bag in the order of its files.

    Attributes:
        files: in the order in which they were written.
        cut: files that ended early, as far as they have been read.
    """

    def __init__(self, folder: Path):
        """Raises RecordingError if the folder holds no MCAP bag."""
        self.files = _files(folder)
        self.cut: list[Path] = []
        if not self.files:
            raise RecordingError(f'{folder}: no .mcap file is there; expected the bag folder of a run')

    def messages(self, topics: Collection[str] | None = None) -> Iterator[RecordedMessage]:
        """All messages, or those of some topics; a file that was cut is read up to there."""
        for file in self.files:
            try:
                yield from _read(file, topics)
            except CUT:
                self.cut.append(file)
            except OSError as error:
                raise RecordingError(f'{file}: cannot be read: {error.strerror}') from error


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob('*.mcap'), key=lambda file: (len(file.name), file.name))
    try:
        content = yaml.safe_load((folder / 'metadata.yaml').read_text(encoding='utf-8'))
        named = [folder / name for name in content['rosbag2_bagfile_information']['relative_file_paths']]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return found
    # a file that went or came while the recorder was killed stands in one of the two lists only
    return [file for file in named if file in found] + [file for file in found if file not in named]


def _read(file: Path, topics: Collection[str] | None) -> Iterator[RecordedMessage]:
    schemas: dict[int, records.Schema] = {}
    channels: dict[int, records.Channel] = {}
    with open(file, 'rb') as stream:
        for record in StreamReader(stream, validate_crcs=True).records:
            if isinstance(record, records.Schema):
                schemas[record.id] = record
            elif isinstance(record, records.Channel):
                channels[record.id] = record
            elif isinstance(record, records.Message):
                channel = channels[record.channel_id]
                if topics is None or channel.topic in topics:
                    schema = schemas[channel.schema_id]
                    yield RecordedMessage(
                        channel.topic,
                        schema.name,
                        schema.data.decode(),
                        record.log_time,
                        record.publish_time,
                        record.data,
                    )
