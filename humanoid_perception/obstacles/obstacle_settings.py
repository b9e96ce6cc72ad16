# SPDX-License-Identifier: Apache-2.0
"""Settings of the obstacle grid (section `grid` of config/obstacle_detector.yaml)."""

from __future__ import annotations

from dataclasses import dataclass

_RANGES = {
    'resolution': (0.02, 0.2),
    'size': (1.0, 10.0),
    'reach': (0.5, 8.0),
    'lowest': (0.02, 0.5),
    'highest': (0.6, 3.0),
    'stride': (1, 16),
    'least_points': (1, 100),
    'least_images': (1, 10),
    'least_returns': (0.0, 1.0),
    'body_radius': (0.0, 0.5),
    'behind': (0.02, 1.0),
    'forget_after': (1.0, 600.0),
}


@dataclass(frozen=True)
class ObstacleSettings:
    """What counts as an obstacle, and for how long.

    Attributes:
        resolution: edge of a cell [m].
        size: edge of the square around the robot that is published [m].
        reach: distance from the robot over the floor within which depth is believed [m].
        lowest, highest: height over the floor of what is in the way [m].
        stride: every how manieth pixel of every how manieth row is used.
        least_points: in a cell of one image, for the cell to count as occupied in it.
        least_images: in which a cell was occupied, before it is published.
        least_returns: share of the pixels that must have depth.
        body_radius: what is nearer than this to a bone of the robot is the robot or what it carries [m].
        behind: what is seen this far behind a cell shows that the cell is free [m].
        forget_after: time out of sight after which a cell is no longer believed [s].
    """

    resolution: float
    size: float
    reach: float
    lowest: float
    highest: float
    stride: int
    least_points: int
    least_images: int
    least_returns: float
    body_radius: float
    behind: float
    forget_after: float

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f'{name} must lie in [{low:g}, {high:g}], got {getattr(self, name)}')
