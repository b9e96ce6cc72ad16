# SPDX-License-Identifier: Apache-2.0
"""The floor around the robot: what the map knows and what the cameras show."""
from __future__ import annotations

import numpy as np

from humanoid_control.walking.body_shape import BodyShape
from humanoid_control.walking.floor_distance import apart_from_known, clearance
from humanoid_control.walking.floor_map import FloorMap
from humanoid_control.walking.map_alignment import MapAlignment
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.seen_floor import SeenFloor, SeenSettings


class Surroundings:
    """Brings grids of what cameras see, in `odom`, together with the floor map.

    Attributes:
        known: the floor map.
        floor: the same with what was seen beside it, as of the last `update`.
        seen: middles (n, 2) [m] in `odom` of the cells in which something was seen.
    """

    def __init__(self, known: FloorMap, alignment: MapAlignment, settings: SeenSettings):
        """Nothing seen; `alignment`: of `odom` on the map, as it is then."""
        self.known = self.floor = known
        self.seen = np.zeros((0, 2))
        self._alignment, self._settings = alignment, settings
        self._space = clearance(known)
        self._looked_at = SeenFloor(settings)

    def look(self, obstacles: np.ndarray, shown: np.ndarray, origin: np.ndarray, edge: float, now: float) -> None:
        """Take in a grid: middles (n, 2) [m] of its occupied cells, and what `SeenFloor.look` takes."""
        self.seen = obstacles
        self._looked_at.look(shown, origin, edge, now)

    def stand(self, place: Pose2, body: BodyShape) -> None:
        """A robot stands at a place in `odom`, where nothing else can be."""
        self._looked_at.stand(place, body.outer_radius)

    def update(self) -> FloorMap:
        """The floor with what is seen beside what the map knows."""
        points = self._alignment.odom.carry(self.seen)
        beside = apart_from_known(self.known, self._space, points, self._settings.apart) if len(points) else points
        self.floor = self.known.with_obstacles(beside) if len(beside) else self.known
        return self.floor

    def is_seen(self, place: Pose2, body: BodyShape, now: float) -> bool:
        """Whether a camera has shown the floor below a body at a place on the map; yes where no camera looks at all."""
        return not self._looked_at.is_watched(now) or self._looked_at.covers(body.points(self._alignment.to_odom(place)))
