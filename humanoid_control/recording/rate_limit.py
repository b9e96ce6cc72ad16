# SPDX-License-Identifier: Apache-2.0
"""Keeps a part of a topic's messages."""

from __future__ import annotations


class RateLimit:
    """Lets messages pass at a mean rate of at most so many a second."""

    def __init__(self, rate: float):
        """`rate` [Hz]; 0: all pass."""
        self._period = round(1e9 / rate) if rate > 0 else 0
        self._next: int | None = None

    def passes(self, time: int) -> bool:
        """Whether the message of a time [ns] is kept; a clock that jumps back starts anew."""
        if not self._period:
            return True
        if self._next is None or time < self._next - 2 * self._period:
            self._next = time
        # messages come with jitter: one that is a little early is not left out
        if time < self._next - self._period // 10:
            return False
        self._next = max(self._next + self._period, time)
        return True
