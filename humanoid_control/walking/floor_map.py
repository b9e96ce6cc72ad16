# SPDX-License-Identifier: Apache-2.0
"""What stands where on the floor: a grid of named obstacles, from a YAML file and from what cameras see."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from humanoid_control.model.configuration import load
from humanoid_control.model.site_layout import SiteLayout
from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.pose2 import Pose2

FREE, OUTSIDE = 0, 1
SEEN = 'an obstacle that the cameras see'
_SUBPIXEL = 4  # bits of cv2's fixed-point coordinates
_LARGEST = 4_000_000  # cells


@dataclass(frozen=True)
class FloorMapDescription:
    """A floor map file (config/floors/*.yaml); lengths [m], yaw [rad], all in the frame of the map.

    Attributes:
        frame: name of that frame.
        resolution: edge of a grid cell.
        outline: polygon of the floor; outside of it nobody walks.
        obstacles: polygons by name.
        places: x, y, yaw of the middle between the feet by name.
        landmarks: x, y, yaw of station frames by the station's name.
    """

    frame: str
    resolution: float
    outline: tuple[tuple[float, float], ...]
    obstacles: dict[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    places: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    landmarks: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0.005 <= self.resolution <= 0.2:
            raise ValueError(f'resolution must lie in [0.005, 0.2] m, got {self.resolution}')
        for name, polygon in {'outline': self.outline, **self.obstacles}.items():
            if len(polygon) < 3:
                raise ValueError(f'{name}: a polygon needs three corners, got {len(polygon)}')


class FloorMap:
    """Grid of the floor; a cell that an obstacle touches counts as occupied.

    Attributes:
        frame: name of the frame of all coordinates.
        resolution: edge of a cell [m].
        origin: x, y of the outer corner of cell (0, 0) [m].
        labels: (rows, columns) uint8, row along y; FREE, OUTSIDE or 2 + index into `names`.
        names: of the obstacles.
        places, landmarks: named poses.
    """

    def __init__(self, frame: str, resolution: float, origin: tuple[float, float], labels: np.ndarray,
                 names: Sequence[str] = (), places: Mapping[str, Pose2] | None = None,
                 landmarks: Mapping[str, Pose2] | None = None):
        """Take over a grid.

        Raises WalkingError when the grid is empty, too large or has labels without a name.
        """
        if labels.ndim != 2 or not labels.size or labels.size > _LARGEST:
            raise WalkingError(f'floor map: expected a grid of 1 to {_LARGEST} cells, got shape {labels.shape}')
        if labels.max() >= 2 + len(names):
            raise WalkingError(f'floor map: label {labels.max()} has no name, {len(names)} names given')
        self.frame, self.resolution, self.origin = frame, resolution, origin
        self.labels = labels
        self.names = tuple(names)
        self.places, self.landmarks = dict(places or {}), dict(landmarks or {})

    @classmethod
    def load(cls, path: str | Path) -> FloorMap:
        """Read a floor map file.

        Raises ConfigurationError naming file, key, value and expectation, or WalkingError when the floor is too large.
        """
        return cls.from_description(load(FloorMapDescription, path))

    @classmethod
    def of_site(cls, site: SiteLayout) -> FloorMap:
        """Floor of a site: benches and obstacles, work places and station frames as landmarks, by the stations' names.

        Raises WalkingError when the floor is too large.
        """
        poses = {name: (placed.pose, placed.work_place) for name, placed in site.stations.items()}
        obstacles = {name: box.corners for name, box in site.obstacles.items()}
        obstacles |= {f'bench of {name}': placed.footprint for name, placed in site.stations.items()}
        return cls.from_description(FloorMapDescription(
            site.frame, site.resolution, site.outline, obstacles,
            {name: (place.x, place.y, place.yaw) for name, (_, place) in poses.items()},
            {name: (pose.x, pose.y, pose.yaw) for name, (pose, _) in poses.items()}))

    @classmethod
    def from_description(cls, description: FloorMapDescription) -> FloorMap:
        """Draw the polygons; later obstacles lie over earlier ones."""
        outline = np.array(description.outline)
        resolution = description.resolution
        low = outline.min(axis=0) - resolution
        columns, rows = np.ceil((outline.max(axis=0) + resolution - low) / resolution).astype(int)
        if columns * rows > _LARGEST:
            raise WalkingError(f'floor map: {columns} x {rows} cells of {resolution} m are more than {_LARGEST}')
        labels = np.full((rows, columns), OUTSIDE, np.uint8)
        floor = cls(description.frame, resolution, (float(low[0]), float(low[1])), labels, tuple(description.obstacles),
                    {name: Pose2(*place) for name, place in description.places.items()},
                    {name: Pose2(*place) for name, place in description.landmarks.items()})
        floor._draw(outline, FREE, OUTSIDE)
        for number, polygon in enumerate(description.obstacles.values()):
            floor._draw(np.array(polygon), 2 + number, 2 + number)
        return floor

    @classmethod
    def open_floor(cls, frame: str, half_size: float = 8.0, resolution: float = 0.05) -> FloorMap:
        """A square floor about the origin with nothing on it, for when no map is known."""
        n = round(2 * half_size / resolution)
        return cls(frame, resolution, (-half_size, -half_size), np.zeros((n, n), np.uint8))

    def with_obstacles(self, points: np.ndarray) -> FloorMap:
        """A copy with the cells of `points` (n, 2) [m] occupied as well; points off the grid are passed over."""
        labels = self.labels.copy()
        names = self.names if SEEN in self.names else (*self.names, SEEN)
        rows, columns = self.cells(np.asarray(points, float).reshape(-1, 2))
        inside = (rows >= 0) & (rows < labels.shape[0]) & (columns >= 0) & (columns < labels.shape[1])
        rows, columns = rows[inside], columns[inside]
        free = labels[rows, columns] == FREE
        labels[rows[free], columns[free]] = 2 + names.index(SEEN)
        return FloorMap(self.frame, self.resolution, self.origin, labels, names, self.places, self.landmarks)

    def cells(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of points (n, 2) [m], also of such that lie off the grid."""
        index = np.floor((points - self.origin) / self.resolution).astype(int)
        return index[:, 1], index[:, 0]

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Middle of a cell [m]."""
        return (self.origin[0] + (column + 0.5) * self.resolution, self.origin[1] + (row + 0.5) * self.resolution)

    def labels_at(self, points: np.ndarray) -> np.ndarray:
        """Label of every point (n, 2) [m]; OUTSIDE off the grid."""
        rows, columns = self.cells(points)
        inside = (rows >= 0) & (rows < self.labels.shape[0]) & (columns >= 0) & (columns < self.labels.shape[1])
        found = np.full(len(points), OUTSIDE, np.uint8)
        found[inside] = self.labels[rows[inside], columns[inside]]
        return found

    def name_of(self, label: int) -> str:
        """What occupies a cell with this label, for people."""
        return {FREE: 'nothing', OUTSIDE: 'the edge of the floor'}.get(label) or self.names[label - 2]

    def _draw(self, polygon: np.ndarray, inside: int, border: int) -> None:
        """Fill the cells of a polygon (n, 2) [m], and those its edges run through with `border`."""
        scale = 2 ** _SUBPIXEL
        pixels = np.round(((polygon - self.origin) / self.resolution - 0.5) * scale).astype(np.int32).reshape(-1, 1, 2)
        cv2.fillPoly(self.labels, [pixels], inside, cv2.LINE_8, _SUBPIXEL)
        length = np.linalg.norm(np.diff(np.vstack([polygon, polygon[:1]]), axis=0), axis=1)
        for start, end, size in zip(polygon, np.roll(polygon, -1, axis=0), length):
            count = math.ceil(4 * size / self.resolution) + 2
            points = start + np.linspace(0, 1, count)[:, None] * (end - start)
            rows, columns = self.cells(points)
            self.labels[np.clip(rows, 0, self.labels.shape[0] - 1), np.clip(columns, 0, self.labels.shape[1] - 1)] = border
