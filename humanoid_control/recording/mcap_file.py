# SPDX-License-Identifier: Apache-2.0
"""One file of a bag in MCAP (https://mcap.dev/spec)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mcap.writer import CompressionType, Writer

from humanoid_control.recording.channel import Channel
from humanoid_control.recording.disk_file import DiskFile

MESSAGE_OVERHEAD = 64  # bytes of a message's record and index entries beside its data, rounded up
CHUNK_OVERHEAD = 256  # of a chunk's record and of its entry in the summary
INDEX_ENTRY = 64  # of a channel in a chunk's index and in the summary


class McapFile:
    """Written chunk by chunk: what is in finished chunks can be read, whatever happens then.

    Attributes:
        path: of the file.
        counts: messages by topic.
        begin, end: earliest and latest log time [ns]; 0 before the first message.
    """

    def __init__(self, path: Path, chunk_size: int, open_file: Callable[[Path], DiskFile] = DiskFile):
        """Create the file; chunks are closed at `chunk_size` bytes. Raises OSError."""
        self.path = path
        self.counts: Counter[str] = Counter()
        self.begin = self.end = 0
        self._file = open_file(path)
        self._writer = Writer(self._file, chunk_size=chunk_size, compression=CompressionType.ZSTD)
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        self._described = 4096  # bytes of schemas and channels, which the summary repeats
        self._chunks = 0
        self._pending = 0  # bytes that are in no finished chunk
        self._whole = 0  # size up to which the file holds whole records, and what is in them:
        self._whole_counts: Counter[str] = Counter()
        try:
            self._guard(lambda: self._writer.start(profile='ros2', library='humanoid_assembly'))
        except OSError:
            self._file.close()
            path.unlink()
            raise

    @property
    def size(self) -> int:
        """Size [bytes] that the file has at most when it is closed now."""
        summary = self._described + (self._chunks + 1) * (CHUNK_OVERHEAD + INDEX_ENTRY * len(self._channels))
        return self._file.tell() + self._pending + summary

    def room_for(self, channel: Channel, data: bytes) -> int:
        """Bytes by which a message enlarges the file at most."""
        described = 0 if channel.topic in self._channels else 2 * len(channel.definition.text) + 4096
        return len(data) + MESSAGE_OVERHEAD + described

    def add(self, channel: Channel, log_time: int, publish_time: int, data: bytes) -> None:
        """Append a message; times in [ns] since 1970. Raises OSError, after which only `abandon` is of use."""
        if channel.topic not in self._channels:
            self._guard(lambda: self._describe(channel))
        number = self._channels[channel.topic]
        self._pending += len(data) + MESSAGE_OVERHEAD
        self.counts[channel.topic] += 1
        self._guard(lambda: self._writer.add_message(number, log_time, data, publish_time))
        self.begin = min(self.begin, log_time) if self.begin else log_time
        self.end = max(self.end, log_time)

    def flush(self) -> None:
        """Finish the chunk, so that it can be read. Raises OSError."""
        if self._pending:
            self._guard(self._writer.flush)

    def close(self) -> None:
        """Write the summary, too. Raises OSError."""
        self._guard(self._writer.finish)
        self._file.close()

    def abandon(self) -> int:
        """End the file after an error, cut to whole records; returns the number of messages lost.

        Readers scan such a file where the summary is missing. Raises OSError.
        """
        lost = self.counts.total() - self._whole_counts.total()
        self.counts = self._whole_counts
        try:
            self._file.truncate(self._whole)
        finally:
            self._file.close()
        return lost

    def _describe(self, channel: Channel) -> None:
        definition = channel.definition
        if definition.type not in self._schemas:
            self._schemas[definition.type] = self._writer.register_schema(
                definition.type, 'ros2msg', definition.text.encode()
            )
            self._described += len(definition.text) + INDEX_ENTRY
            self._pending += len(definition.text) + INDEX_ENTRY
        metadata = channel.metadata()
        self._channels[channel.topic] = self._writer.register_channel(
            channel.topic, 'cdr', self._schemas[definition.type], metadata
        )
        size = len(channel.topic) + sum(map(len, metadata.values())) + INDEX_ENTRY
        self._described += size
        self._pending += size

    def _guard(self, step: Callable[[], object]) -> None:
        """Do a step of the writer, which leaves whole records behind or an error."""
        before = self._file.tell()
        step()
        self._whole = self._file.tell()
        if self._whole > before and before > 0:
            self._chunks += 1
            self._pending = 0
            self._whole_counts = Counter(self.counts)
