# SPDX-License-Identifier: Apache-2.0
"""Triangle meshes of the station's parts, made in memory."""
from __future__ import annotations

import numpy as np

SEGMENTS = 48


def lathe(profile: np.ndarray, segments: int = SEGMENTS) -> tuple[np.ndarray, np.ndarray]:
    """Closed solid of revolution about z.

    Args:
        profile: radius and height [m] along the outline, shape (n, 2); from the bottom centre outwards and
            up to the top centre, so that the faces look outwards.
        segments: number of flat sides.

    Returns:
        Vertices [m] (n * segments, 3) and triangles (m, 3).
    """
    return _sweep(profile[None, :, 0] * np.ones((segments, 1)), profile[:, 1])


def hexagonal_ring(across_flats: float, hole: float, height: float,
                   segments: int = SEGMENTS) -> tuple[np.ndarray, np.ndarray]:
    """Hexagonal nut about z with a round hole and bevelled edges, its centre at the origin, a flat towards x.

    Args:
        across_flats, hole, height: sizes [m]; `hole` is a diameter.
        segments: sides of the hole; a multiple of 12 puts vertices on the corners.

    Returns:
        Vertices [m] and triangles; the outline is swept from the hole's lower rim around to its upper rim.
    """
    angle = 2 * np.pi * np.arange(segments) / segments
    to_flat = (angle + np.pi / 6) % (np.pi / 3) - np.pi / 6
    outside = across_flats / 2 / np.cos(to_flat)
    # the bevel cuts the corners down to the circle just inside the flats, as on a turned nut
    bevel = np.minimum(outside, across_flats / 2)
    inside = np.full(segments, hole / 2)
    half = height / 2
    drop = np.max(outside - bevel) * np.tan(np.radians(30))
    radius = np.stack([inside, bevel, outside, outside, bevel, inside], axis=1)
    z = np.array([-half, -half, -half + drop, half - drop, half, half])
    return _sweep(radius, z, closed=True)


def _sweep(radius: np.ndarray, z: np.ndarray, closed: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Surface over angle (rows) and outline (columns); `closed` joins the outline's end to its start."""
    segments, count = radius.shape
    angle = 2 * np.pi * np.arange(segments) / segments
    vertices = np.stack([radius * np.cos(angle)[:, None], radius * np.sin(angle)[:, None],
                         np.broadcast_to(z, radius.shape)], axis=2).reshape(-1, 3)
    faces = []
    for i in range(segments):
        a, b = i * count, (i + 1) % segments * count
        for j in range(count if closed else count - 1):
            k = (j + 1) % count
            if radius[i, j] > 0 or radius[i, k] > 0:
                if radius[i, j] > 0:
                    faces.append((a + j, b + j, a + k))
                if radius[i, k] > 0:
                    faces.append((b + j, b + k, a + k))
    return vertices, np.array(faces)
