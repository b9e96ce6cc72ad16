# SPDX-License-Identifier: Apache-2.0
"""Twin of the parts of c/support.c that the gait needs: nearest point of a support polygon, distance to its edge."""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from humanoid_control.balance.walk.twin.plan_twin import Pose, rotation


def corners(sole: Pose, half_length: float, half_width: float) -> np.ndarray:
    """Corners of a sole's rectangle, (4, 2)."""
    local = np.array([(x, y) for x in (-half_length, half_length) for y in (-half_width, half_width)])
    return local @ rotation(sole.yaw).T + np.array(sole[:2])


def hull(points: np.ndarray) -> np.ndarray:
    """Convex hull, counter-clockwise, by gift wrapping."""
    start = min(range(len(points)), key=lambda i: (points[i, 0], points[i, 1]))
    found = [start]
    while True:
        here = points[found[-1]]
        best = None
        for i, candidate in enumerate(points):
            if np.array_equal(candidate, here):
                continue
            if best is None:
                best = i
                continue
            a, b = points[best] - here, candidate - here
            turn = a[0] * b[1] - a[1] * b[0]
            if turn < 0 or (turn == 0 and b @ b > a @ a):
                best = i
        if best is None or np.array_equal(points[best], points[start]):
            return points[found]
        found.append(best)


def nearest(polygon: np.ndarray, point: Sequence[float]) -> tuple[np.ndarray, float]:
    """Nearest point of a convex polygon and the distance of `point` to its edge, positive inside."""
    point = np.asarray(point, float)
    inside, best, place = True, math.inf, point
    for a, b in zip(polygon, np.roll(polygon, -1, axis=0)):
        edge = b - a
        along = min(max(float((point - a) @ edge / (edge @ edge)), 0.0), 1.0)
        inside &= bool(edge[0] * (point - a)[1] - edge[1] * (point - a)[0] >= 0)
        distance = math.dist(point, a + along * edge)
        if distance < best:
            best, place = distance, a + along * edge
    return (point, best) if inside else (place, -best)
