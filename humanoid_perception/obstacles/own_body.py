# SPDX-License-Identifier: Apache-2.0
"""The robot's own body as thick bones."""

from __future__ import annotations

import numpy as np


def near_bones(points: np.ndarray, bones: np.ndarray, radius: float) -> np.ndarray:
    """Return which of the points (n, 3) lie within `radius` of a bone, (n,) bool.

    Args:
        points: (n, 3) [m].
        bones: (m, 2, 3) [m], both ends of each, which may be the same.
        radius: [m].
    """
    near = np.zeros(len(points), dtype=bool)
    for start, end in bones:
        along = end - start
        share = (points - start) @ along / max(float(along @ along), 1e-12)
        foot = start + np.clip(share, 0.0, 1.0)[:, None] * along
        near |= np.sum((points - foot) ** 2, axis=1) < radius * radius
    return near
