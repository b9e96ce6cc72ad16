# SPDX-License-Identifier: Apache-2.0
"""Depth points seen from above: where is how much of the surface at the height of a part's top."""

from __future__ import annotations

import cv2
import numpy as np

# cell of the map [m]; about one depth pixel at 0.8 m
_CELL = 0.002
# the rim around a part, over its radius: nothing of the part's height should be there
_RIM = (1.2, 1.5)


class HeightMap:
    """Counts of depth points per cell, all of them and those at a given height."""

    def __init__(self, points: np.ndarray, at_height: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Count.

        Args:
            points: (n, 2 or 3) [m]; those outside of the rectangle are passed over.
            at_height: (n,) bool, points at the height looked for.
            low, high: (2,) corners of the map [m].
        """
        self._low = np.asarray(low, dtype=float)
        shape = np.ceil((np.asarray(high) - low) / _CELL).astype(int)
        cells = np.floor((points[:, :2] - self._low) / _CELL).astype(int)
        inside = np.all((cells >= 0) & (cells < shape), axis=1)
        flat = np.ravel_multi_index(cells[inside].T, shape)
        size = int(shape.prod())
        self._seen = np.bincount(flat, minlength=size).reshape(shape).astype(np.float32)
        self._at_height = np.bincount(flat[at_height[inside]], minlength=size).reshape(shape).astype(np.float32)

    def discs(self, inner: float, outer: float, least_share: float) -> np.ndarray:
        """Return centres (n, 2) [m], best first, of rings of radii `inner` to `outer` [m] that are filled.

        Filled: the share of a ring's points that are at the height, less half that of the rim around it, is at
        least `least_share` and larger than anywhere within `outer`. Cells without points (hidden ones) don't count.
        """
        reach = int(np.ceil(_RIM[1] * outer / _CELL))
        y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1] * _CELL
        radius = np.hypot(x, y)
        ring = ((radius >= inner) & (radius < outer)).astype(np.float32)
        rim = ((radius >= _RIM[0] * outer) & (radius < _RIM[1] * outer)).astype(np.float32)
        response = self._share(ring) - 0.5 * self._share(rim)
        neighbours = int(outer / _CELL) * 2 + 1
        peaks = np.argwhere(
            (response >= cv2.dilate(response, np.ones((neighbours, neighbours)))) & (response >= least_share)
        )
        peaks = peaks[np.argsort(-response[tuple(peaks.T)])]
        return self._low + (peaks + 0.5) * _CELL

    def _share(self, kernel: np.ndarray) -> np.ndarray:
        seen = cv2.filter2D(self._seen, -1, kernel, borderType=cv2.BORDER_CONSTANT)
        at_height = cv2.filter2D(self._at_height, -1, kernel, borderType=cv2.BORDER_CONSTANT)
        # a quarter of a point per cell at least: a few strays in a hidden place are no part
        return at_height / np.maximum(seen, 0.25 * kernel.sum())
