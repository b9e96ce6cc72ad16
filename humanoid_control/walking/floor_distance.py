# SPDX-License-Identifier: Apache-2.0
"""Room between what stands on the floor."""
from __future__ import annotations

import heapq
import math

import cv2
import numpy as np

from humanoid_control.walking.floor_map import FREE, FloorMap

_NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))


def clearance(floor: FloorMap) -> np.ndarray:
    """Distance [m] from the middle of every cell to that of the nearest occupied one, (rows, columns)."""
    free = np.pad((floor.labels == FREE).astype(np.uint8), 1)
    return cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1] * floor.resolution


def apart_from_known(floor: FloorMap, space: np.ndarray, points: np.ndarray, distance: float) -> np.ndarray:
    """Those of the points (n, 2) [m] that are further than a distance [m] from what the floor's map knows.

    space: clearance(floor). Points off the grid are left out.
    """
    rows, columns = floor.cells(points)
    inside = (rows >= 0) & (rows < space.shape[0]) & (columns >= 0) & (columns < space.shape[1])
    inside[inside] = space[rows[inside], columns[inside]] > distance
    return points[inside]


def narrowest_place(floor: FloorMap, space: np.ndarray, start: tuple[float, float],
                    goal: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    """Of all ways from start to goal the one with most room: (distance to obstacles where it is narrowest, there) [m].

    space: clearance(floor). Either point is taken to be free.
    """
    (row,), (column,) = floor.cells(np.array([start]))
    (end_row,), (end_column,) = floor.cells(np.array([goal]))
    best = {(row, column): math.inf}
    narrow = {(row, column): start}
    queue = [(-math.inf, row, column)]
    while queue:
        width, row, column = heapq.heappop(queue)
        if (row, column) == (end_row, end_column):
            break
        if -width < best[row, column]:
            continue
        for down, right in _NEIGHBOURS:
            r, c = row + down, column + right
            if not (0 <= r < space.shape[0] and 0 <= c < space.shape[1]):
                continue
            room = min(-width, float(space[r, c])) if (r, c) != (end_row, end_column) else -width
            if room > best.get((r, c), -1.0):
                best[r, c] = room
                narrow[r, c] = floor.centre(r, c) if room < -width else narrow[row, column]
                heapq.heappush(queue, (-room, r, c))
    return best.get((end_row, end_column), 0.0), narrow.get((end_row, end_column), start)
