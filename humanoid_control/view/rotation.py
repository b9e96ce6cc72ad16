# SPDX-License-Identifier: Apache-2.0
"""Rotation matrices as quaternions."""

from __future__ import annotations

import numpy as np


def quaternion(rotation: np.ndarray) -> np.ndarray:
    """Unit quaternion (w, x, y, z) of a rotation matrix (3, 3), by its largest component (Shepperd 1978)."""
    r = rotation
    squares = np.array((r[0, 0] + r[1, 1] + r[2, 2], r[0, 0], r[1, 1], r[2, 2]))
    largest = int(np.argmax(squares))
    if largest == 0:
        q = np.array((1 + squares[0], r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]))
    else:
        i = largest - 1
        j, k = (i + 1) % 3, (i + 2) % 3
        q = np.empty(4)
        q[0] = r[k, j] - r[j, k]
        q[1 + i] = 1 + r[i, i] - r[j, j] - r[k, k]
        q[1 + j] = r[j, i] + r[i, j]
        q[1 + k] = r[k, i] + r[i, k]
    return q / np.linalg.norm(q)
