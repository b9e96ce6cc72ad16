# SPDX-License-Identifier: Apache-2.0
"""A recording that never stands in the robot's way: trouble with the disk pauses it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from humanoid_control.recording.bag import Bag
from humanoid_control.recording.channel import Channel

MEGABYTE = 1_000_000
RESUME = 1.2  # of the least free space is needed to go on, so that it does not stop again at once

Entry = tuple[int, int, Channel, bytes]  # log time [ns], publish time [ns], channel, message


def free_space(folder: Path) -> int:
    """Free bytes on the disk of a folder. Raises OSError."""
    return shutil.disk_usage(folder).free


class Recording:
    """Writes to a bag while there is room for it.

    Attributes:
        problem: why nothing is written, and what to do; empty while all is well.
        lost: messages that came meanwhile.
    """

    def __init__(
        self,
        bag: Bag,
        min_free: int,
        retry_period: float,
        free: Callable[[Path], int] = free_space,
        now: Callable[[], float] = time.monotonic,
    ):
        """Pause while less than `min_free` bytes are free on the disk of the bag, and for `retry_period` [s] after an error."""
        self.bag = bag
        self.problem = ''
        self.lost = 0
        self._min_free = min_free
        self._retry_period = retry_period
        self._free = free
        self._now = now
        self._not_before = 0.0  # steady time at which an error may be gone [s]

    def write(self, entries: Iterable[Entry]) -> None:
        """Append messages in the order of their log times."""
        for log_time, publish_time, channel, data in sorted(entries, key=lambda entry: entry[0]):
            if self.problem:
                self.lost += 1
                continue
            try:
                self.bag.write(channel, log_time, publish_time, data)
            except OSError as error:
                self._pause(error)

    def check(self) -> None:
        """To be called every few seconds: make what was written readable, look at the disk, go on after trouble."""
        try:
            free = self._free(self.bag.folder)
            if self.problem:
                if free >= RESUME * self._min_free and self._now() >= self._not_before:
                    self.problem = ''
                return
            self.bag.flush()
            if free < self._min_free:
                self.bag.close()
                self.problem = self._advice(f'only {free // MEGABYTE} MB are free on the disk')
        except OSError as error:
            self._pause(error)

    def close(self) -> None:
        """Finish the bag as far as the disk allows."""
        try:
            self.bag.close()
        except OSError as error:
            self._pause(error)

    def _pause(self, error: OSError) -> None:
        try:
            self.lost += self.bag.abandon()
        except OSError:
            pass  # the file stays as it is; readers stop at its last whole record
        self._not_before = self._now() + self._retry_period
        self.problem = self._advice(os.strerror(error.errno) if error.errno else str(error))

    def _advice(self, cause: str) -> str:
        runs = self.bag.folder.parent.parent
        return (
            f'recording paused: {cause} ({self.bag.folder}); make room, e.g. remove runs that nobody needs from {runs}. '
            f'It goes on by itself at {RESUME * self._min_free / MEGABYTE:.0f} MB free; the robot goes on all the while'
        )
