# SPDX-License-Identifier: Apache-2.0
"""The space that robot and load take up over the floor."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.pose2 import Pose2


@dataclass(frozen=True)
class Box:
    """Rectangle [m] in the frame between the feet: x forward, y left."""

    back: float
    front: float
    right: float
    left: float

    def __post_init__(self) -> None:
        if self.back >= self.front or self.right >= self.left:
            raise ValueError(f'a box needs back < front and right < left, got {self}')


class BodyShape:
    """Rectangles of robot and load with the sway of walking around them.

    Attributes:
        boxes: the rectangles, grown by the margin.
        inner_radius: radius [m] of the largest circle about the middle of the first box that lies inside it.
        outer_radius: radius [m] of the circle about the frame's origin that holds everything.
    """

    def __init__(self, boxes: tuple[Box, ...], margin: float, spacing: float = 0.03):
        """Sample the rectangles at `spacing` [m], which should not exceed the resolution of the map.

        Raises WalkingError without a box or with a negative margin.
        """
        if not boxes or not margin >= 0.0:
            raise WalkingError(f'a body shape needs a box and a margin of at least 0, got {len(boxes)} and {margin}')
        self.boxes = tuple(Box(b.back - margin, b.front + margin, b.right - margin, b.left + margin) for b in boxes)
        self._points = np.vstack([_samples(box, spacing) for box in self.boxes])
        first = self.boxes[0]
        self.inner_radius = min(first.front - first.back, first.left - first.right) / 2
        self.outer_radius = float(np.hypot(*self._points.T).max())

    def with_load(self, load: Box, margin: float) -> BodyShape:
        """The same body with a carried load."""
        shape = BodyShape((load,), margin)
        shape.boxes = (*self.boxes, *shape.boxes)
        shape._points = np.vstack([self._points, shape._points])
        shape.inner_radius = self.inner_radius
        shape.outer_radius = max(self.outer_radius, shape.outer_radius)
        return shape

    def shrunk(self, by: float) -> BodyShape:
        """The same shape, every rectangle smaller by a length [m] on each side."""
        return BodyShape(tuple(Box(b.back + by, b.front - by, b.right + by, b.left - by) for b in self.boxes), 0.0)

    def points(self, pose: Pose2) -> np.ndarray:
        """Samples (n, 2) [m] of the shape at a pose of the middle between the feet."""
        c, s = math.cos(pose.yaw), math.sin(pose.yaw)
        return self._points @ np.array([[c, s], [-s, c]]) + (pose.x, pose.y)

    @property
    def width(self) -> float:
        """Width of the body itself [m]: the narrowest gap that it fits through."""
        return self.boxes[0].left - self.boxes[0].right


def _samples(box: Box, spacing: float) -> np.ndarray:
    x = np.linspace(box.back, box.front, math.ceil((box.front - box.back) / spacing) + 1)
    y = np.linspace(box.right, box.left, math.ceil((box.left - box.right) / spacing) + 1)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
