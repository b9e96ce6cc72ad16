# SPDX-License-Identifier: Apache-2.0
"""Follows parts over images: names that stay, poses that get better."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pinocchio as pin

from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.pose_estimate import PoseEstimate
from humanoid_perception.pose_filter import PoseFilter

# a turn by which a part looks the same [rad]; parts that aren't named here have their name from their place
_SYMMETRY = {'nut': np.pi / 3.0}


@dataclass(frozen=True)
class PartTrackerSettings:
    """Settings of the part tracker.

    Attributes:
        same_part_distance: a detection this near to where a nut was is that nut [m].
        forget_after: a part that wasn't seen for so long is forgotten [s].
        position_drift, rotation_drift: deviation gained in one second [m, rad].
        position_floor, rotation_floor: deviation that averaging doesn't go below [m, rad].
    """

    same_part_distance: float
    forget_after: float
    position_drift: float
    rotation_drift: float
    position_floor: float
    rotation_floor: float

    def __post_init__(self) -> None:
        for name in vars(self):
            if not getattr(self, name) > 0.0:
                raise ValueError(f'{name} must be greater than 0, got {getattr(self, name)}')


@dataclass
class _Track:
    name: str
    kind: str
    filter: PoseFilter
    seen: float


class PartTracker:
    """Gives detections lasting names by nearest neighbour and averages their poses.

    Parts whose name is their place (pins) keep it; nuts are numbered (`nut_0`, `nut_1`, ...), and a number isn't used
    again. All poses are in `odom`.
    """

    def __init__(self, settings: PartTrackerSettings) -> None:
        """Keep settings."""
        self._same_part_distance = settings.same_part_distance
        self._forget_after = settings.forget_after
        self._drift = np.repeat([settings.position_drift, settings.rotation_drift], 3)
        self._floor = np.repeat([settings.position_floor, settings.rotation_floor], 3)
        self._tracks: list[_Track] = []
        self._count = 0

    def update(self, detections: list[PartDetection], stamp: float) -> list[PartDetection]:
        """Return the detections of one image of time `stamp` [s] with lasting names and averaged poses."""
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
            track.filter.update(_nearest_turn(detection, track.filter.estimate), stamp)
            track.seen = stamp
            tracked.append(replace(detection, name=track.name, estimate=track.filter.estimate))
        return tracked

    def _distance(self, track: _Track, detection: PartDetection) -> float:
        """Return the distance [m] between a track and a detection, infinite when they cannot be the same part."""
        if track.kind != detection.kind:
            return np.inf
        if detection.kind not in _SYMMETRY:
            return 0.0 if track.name == detection.name else np.inf
        distance = float(np.linalg.norm(track.filter.estimate.pose.translation - detection.estimate.pose.translation))
        return distance if distance < self._same_part_distance else np.inf

    def _start(self, detection: PartDetection) -> _Track:
        name = detection.name
        if detection.kind in _SYMMETRY:
            name = f'{detection.kind}_{self._count}'
            self._count += 1
        track = _Track(name, detection.kind, PoseFilter(self._drift, self._floor, outliers_until_restart=2), 0.0)
        self._tracks.append(track)
        return track


def _nearest_turn(detection: PartDetection, before: PoseEstimate | None) -> PoseEstimate:
    """Return the detection's pose, turned by its symmetry to the one nearest to the pose before."""
    estimate = detection.estimate
    symmetry = _SYMMETRY.get(detection.kind)
    if before is None or symmetry is None:
        return estimate
    yaw = pin.log3(estimate.pose.rotation.T @ before.pose.rotation)[2]
    turn = pin.utils.rotate('z', float(symmetry * np.round(yaw / symmetry)))
    return PoseEstimate(pin.SE3(estimate.pose.rotation @ turn, estimate.pose.translation), estimate.covariance)
