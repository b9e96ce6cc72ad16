# SPDX-License-Identifier: Apache-2.0
"""Points on the visible edges of parts, for a batch of assumed poses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Outline:
    """Sampled edges of b assumed poses, s samples each, k pose parameters.

    Attributes:
        points: (b, s, 3) [m] in the station frame.
        tangents: (b, s, 3) directions of the edges there.
        derivatives: (b, s, 3, k) of the points by the pose parameters.
        weights: (b, s) 0 where the edge is hidden, up to 1.
    """

    points: np.ndarray
    tangents: np.ndarray
    derivatives: np.ndarray
    weights: np.ndarray


class OutlineModel(Protocol):
    """A part's shape, as edges."""

    def outline(self, parameters: np.ndarray, camera_position: np.ndarray) -> Outline:
        """Return the edges that a camera at `camera_position` (3,) sees of parts posed at `parameters` (b, k)."""
