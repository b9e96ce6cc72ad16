# SPDX-License-Identifier: Apache-2.0
"""How often a topic comes."""

from __future__ import annotations

import struct
import time


class RateCounter:
    """Counts serialized messages of a topic.

    Attributes:
        count: messages so far.
        stamped: messages begin with a std_msgs/Header.
    """

    def __init__(self, stamped: bool):
        self.stamped = stamped
        self.count = 0
        self._begin = time.monotonic()
        self._first: tuple[float, float] | None = None
        self._last = (0.0, 0.0)

    def read(self, message: bytes) -> None:
        """Note one message."""
        self.count += 1
        stamp = 0.0
        if self.stamped and len(message) >= 12:
            seconds, nanoseconds = struct.unpack_from('<iI', message, 4)  # after the encapsulation comes the stamp
            stamp = seconds + 1e-9 * nanoseconds
        self._last = (time.monotonic(), stamp)
        if self._first is None:
            self._first = self._last

    def rate(self) -> float:
        """[Hz] by the stamps where there are any, else by arrival."""
        if self._first is None:
            return 0.0
        if self.count == 1:
            return 1.0 / max(time.monotonic() - self._begin, 1e-3)
        if self.stamped:
            elapsed = self._last[1] - self._first[1]
        else:
            # on a busy computer messages wait and are read in a bunch: their spread then tells nothing
            elapsed = max(self._last[0] - self._first[0], (time.monotonic() - self._begin) / 2)
        return (self.count - 1) / elapsed if elapsed > 0 else 0.0
