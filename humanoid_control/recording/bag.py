# SPDX-License-Identifier: Apache-2.0
"""A rosbag2 bag of bounded size and age."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from humanoid_control.recording.bag_metadata import FileSummary, write_metadata
from humanoid_control.recording.channel import Channel
from humanoid_control.recording.disk_file import DiskFile
from humanoid_control.recording.mcap_file import McapFile

PARTS = 8  # files that a full bag consists of; the oldest goes when a new one begins


@dataclass(frozen=True)
class BagLimits:
    """Bounds of a bag.

    Attributes:
        size: of all files together [bytes].
        duration: age at which messages may go [ns].
        chunk: size at which messages are compressed and written [bytes].
    """

    size: int
    duration: int
    chunk: int


class Bag:
    """Files in a folder that `ros2 bag` and Foxglove read; the oldest goes before a limit is passed.

    metadata.yaml is true whenever a file begins or ends. Every method may raise OSError; call `abandon` then, and go on with
    `write` when there is room again.

    Attributes:
        folder: of the files.
        dropped: files that had to go.
    """

    def __init__(
        self,
        folder: Path,
        limits: BagLimits,
        open_file: Callable[[Path], DiskFile] = DiskFile,
        now: Callable[[], int] = time.time_ns,
    ):
        """Start a bag in a folder, which is made if necessary."""
        self.folder = folder
        self.dropped = 0
        self._limits = limits
        self._open_file = open_file
        self._now = now
        self._channels: dict[str, Channel] = {}
        self._latest: dict[str, deque[tuple[int, bytes]]] = {}
        self._finished: list[FileSummary] = []
        self._current: McapFile | None = None
        self._number = 0
        self._waiting = 0  # messages that are in no file yet, while one is written
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def size(self) -> int:
        """Bytes on the disk, at most."""
        return sum(file.size for file in self._finished) + (0 if self._current is None else self._current.size)

    @property
    def counts(self) -> Counter[str]:
        """Messages by topic in the files that are there."""
        total: Counter[str] = Counter()
        for file in self._summaries():
            total.update(file.counts)
        return total

    def write(self, channel: Channel, log_time: int, publish_time: int, data: bytes) -> None:
        """Append a message; times in [ns] since 1970."""
        if channel.repeat:
            latest = self._latest.setdefault(channel.topic, deque(maxlen=channel.repeat))
            if all(data != other for _, other in latest):
                latest.append((publish_time, data))
        self._channels[channel.topic] = channel
        self._waiting = 1
        part = self._limits.size // PARTS
        current = self._current
        if current is not None and current.counts:
            old = log_time - current.begin > self._limits.duration // PARTS
            if old or current.size + current.room_for(channel, data) > part:
                self._finish_file()
        if self._current is None:
            self._begin_file(log_time, channel.topic)
        self._waiting = 0
        self._current.add(channel, log_time, publish_time, data)

    def flush(self) -> None:
        """Make everything written so far readable."""
        if self._current is not None:
            self._current.flush()

    def close(self) -> None:
        """Finish the bag."""
        if self._current is not None:
            self._finish_file()
        self._describe()

    def abandon(self) -> int:
        """After an error: give the current file up as it stands; returns the number of messages lost."""
        current, self._current = self._current, None
        waiting, self._waiting = self._waiting, 0
        if current is None:
            return waiting
        try:
            return waiting + current.abandon()
        finally:
            self._finished.append(FileSummary.of(current))

    def _begin_file(self, log_time: int, topic: str) -> None:
        part = self._limits.size // PARTS
        oldest_wanted = self._now() - self._limits.duration
        while self._finished and (
            self.size + part > self._limits.size or 0 < self._finished[0].end < oldest_wanted
        ):
            # its name leaves metadata.yaml below, before anybody is told of the new file
            self._finished[0].path.unlink(missing_ok=True)
            del self._finished[0]
            self.dropped += 1
        path = self.folder / f'{self.folder.name}_{self._number}.mcap'
        self._number += 1
        self._current = McapFile(path, self._limits.chunk, self._open_file)
        for repeated, messages in self._latest.items():
            if repeated != topic:
                for publish_time, data in messages:
                    self._current.add(self._channels[repeated], log_time, publish_time, data)
        self._describe()

    def _finish_file(self) -> None:
        current = self._current
        current.close()
        self._current = None
        self._finished.append(FileSummary.of(current))
        self._describe()

    def _summaries(self) -> list[FileSummary]:
        return self._finished + ([] if self._current is None else [FileSummary.of(self._current)])

    def _describe(self) -> None:
        write_metadata(self.folder / 'metadata.yaml', self._channels.values(), self._summaries())
