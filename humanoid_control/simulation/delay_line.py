# SPDX-License-Identifier: Apache-2.0
"""A vector that arrives a fixed number of ticks later."""
from __future__ import annotations

import numpy as np


class DelayLine:
    """Ring of vectors; what is pushed now comes out `ticks` pushes later, and the first vector until then."""

    def __init__(self, ticks: int, shape: int | tuple[int, ...]):
        """Raises ValueError when `ticks` is negative."""
        if ticks < 0:
            raise ValueError(f'ticks must not be negative, got {ticks}')
        self._ring = np.zeros((ticks + 1, *np.atleast_1d(shape)))
        self._next = 0
        self._empty = True

    def push(self, vector: np.ndarray) -> np.ndarray:
        """Take in a copy of `vector` and give the view of the delayed one, valid until the next push."""
        if self._empty:
            self._ring[:] = vector
            self._empty = False
        self._ring[self._next] = vector
        self._next = (self._next + 1) % len(self._ring)
        return self._ring[self._next]

    def clear(self) -> None:
        """Forget everything, as new."""
        self._empty = True
        self._next = 0
