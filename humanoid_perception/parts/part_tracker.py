# SPDX-License-Identifier: Apache-2.0
"""Follows parts over images: names that stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from humanoid_perception.parts.part_detection import PartDetection

# parts that are numbered; others have their name from their place
_NUMBERED = {'nut'}


@dataclass(frozen=True)
class PartTrackerSettings:
    """Settings of the part tracker.

    Attributes:
        same_part_distance: a detection this near to where a nut was is that nut [m].
        forget_after: a part that wasn't seen for so long is forgotten [s].
    """

    same_part_distance: float
    forget_after: float

    def __post_init__(self) -> None:
        for name in vars(self):
            if not getattr(self, name) > 0.0:
                raise ValueError(f'{name} must be greater than 0, got {getattr(self, name)}')


@dataclass
class _Track:
    name: str
    kind: str
    place: np.ndarray
    seen: float


class PartTracker:
    """Gives detections lasting names by nearest neighbour.

    Poses stay those of the image: averaging gains little over one image's errors, most of which are the camera's own,
    and a nut that was exchanged for another in the same place would keep the old one's turn for seconds. Parts whose name is their place (pins) keep it; nuts are numbered (`nut_0`, `nut_1`, ...), and a number isn't used
    again. All poses are in `odom`.
    """

    def __init__(self, settings: PartTrackerSettings) -> None:
        """Keep settings."""
        self._same_part_distance = settings.same_part_distance
        self._forget_after = settings.forget_after
        self._tracks: list[_Track] = []
        self._count = 0

    def update(self, detections: list[PartDetection], stamp: float) -> list[PartDetection]:
        """Return the detections of one image of time `stamp` [s] with lasting names."""
        if any(track.seen > stamp for track in self._tracks):
            self._tracks.clear()  # time went back: the simulation was reset
        self._tracks = [t for t in self._tracks if stamp - t.seen <= self._forget_after]
        free = list(self._tracks)
        tracked = []
        # nearest pairs first, so that two neighbours cannot swap their names
        for detection in sorted(detections, key=lambda d: min((self._distance(t, d) for t in free), default=np.inf)):
            track = min(free, key=lambda t: self._distance(t, detection), default=None)
            if track is None or not np.isfinite(self._distance(track, detection)):
                track = self._start(detection)
            else:
                free.remove(track)
            track.place, track.seen = detection.estimate.pose.translation, stamp
            tracked.append(replace(detection, name=track.name))
        return tracked

    def _distance(self, track: _Track, detection: PartDetection) -> float:
        """Return the distance [m] between a track and a detection, infinite when they cannot be the same part."""
        if track.kind != detection.kind:
            return np.inf
        if detection.kind not in _NUMBERED:
            return 0.0 if track.name == detection.name else np.inf
        distance = float(np.linalg.norm(track.place - detection.estimate.pose.translation))
        return distance if distance < self._same_part_distance else np.inf

    def _start(self, detection: PartDetection) -> _Track:
        name = detection.name
        if detection.kind in _NUMBERED:
            name = f'{detection.kind}_{self._count}'
            self._count += 1
        track = _Track(name, detection.kind, detection.estimate.pose.translation, 0.0)
        self._tracks.append(track)
        return track
