# SPDX-License-Identifier: Apache-2.0
"""Which floor the cameras have shown lately, so that the robot doesn't walk where nobody has looked."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from humanoid_control.walking.pose2 import Pose2


@dataclass(frozen=True)
class SeenSettings:
    """What cameras tell about the floor (section `seen` of config/walking_node.yaml).

    Attributes:
        apart: obstacles nearer than this [m] to one that the map knows are taken for it.
        share: of the floor below the body that must have been seen before the robot goes there; 0: walk blindly.
        memory: time for which floor counts as seen [s].
        silence: age of the newest `obstacles` [s] beyond which nobody looks, and the map alone is believed.
    """

    apart: float
    share: float
    memory: float
    silence: float

    def __post_init__(self) -> None:
        for name, low, high in (('apart', 0.0, 0.5), ('share', 0.0, 0.95), ('memory', 1.0, 3600.0), ('silence', 0.5, 60.0)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f'{name} must lie in [{low:g}, {high:g}], got {getattr(self, name)}')


class SeenFloor:
    """Remembers for each cell of the square around the robot when it was seen last, all in `odom`.

    Attributes:
        last_look: when the newest grid came [s]; -inf before the first.
    """

    def __init__(self, settings: SeenSettings):
        """Nothing seen."""
        self.settings = settings
        self.last_look = -np.inf
        self._times = np.full((0, 0), -np.inf)
        self._first = np.zeros(2, dtype=int)      # column and row of the first cell, counted from the origin
        self._edge = 1.0                          # [m] of a cell

    def look(self, seen: np.ndarray, origin: np.ndarray, edge: float, now: float) -> None:
        """Take in a grid.

        Args:
            seen: (rows along y, columns along x) bool, what is floor or an obstacle rather than unknown.
            origin: outer corner (2,) [m] of the first cell, a multiple of the edge.
            edge: of a cell [m].
            now: [s]; a clock that was set back makes everything forgotten.
        """
        times = np.full(seen.shape, -np.inf)
        first = np.round(np.asarray(origin) / edge).astype(int)
        if edge == self._edge and now >= self.last_look:
            shift = first - self._first
            rows, columns = (np.arange(size) + d for size, d in zip(times.shape, shift[::-1]))
            old_rows, old_columns = (np.flatnonzero((0 <= index) & (index < size))
                                     for index, size in zip((rows, columns), self._times.shape))
            times[np.ix_(old_rows, old_columns)] = self._times[np.ix_(rows[old_rows], columns[old_columns])]
        times[seen] = now
        self._times, self._first, self._edge, self.last_look = times, first, edge, now

    def stand(self, middle: Pose2, radius: float) -> None:
        """The robot stands here: nothing else does within its radius [m]."""
        rows, columns = (np.arange(size) + first for size, first in zip(self._times.shape, self._first[::-1]))
        x, y = ((index + 0.5) * self._edge for index in (columns, rows))
        near = (x[None, :] - middle.x) ** 2 + (y[:, None] - middle.y) ** 2 <= radius ** 2
        self._times[near] = self.last_look

    def is_watched(self, now: float) -> bool:
        """Whether anybody looks at all."""
        return 0.0 <= now - self.last_look <= self.settings.silence

    def covers(self, points: np.ndarray) -> bool:
        """Whether enough of these points (n, 2) [m] was seen lately."""
        columns, rows = (np.floor(points / self._edge).astype(int) - self._first).T
        inside = (rows >= 0) & (rows < self._times.shape[0]) & (columns >= 0) & (columns < self._times.shape[1])
        times = self._times[rows[inside], columns[inside]]
        seen = np.count_nonzero(times >= self.last_look - self.settings.memory)
        return seen >= self.settings.share * len(points)
