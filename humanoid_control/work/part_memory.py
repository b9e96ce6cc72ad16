# SPDX-License-Identifier: Apache-2.0
"""What the cameras said of the parts, by place and age."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class PartSighting:
    """One detection, in the odom frame.

    Attributes:
        part: class of the part: `nut`, `pin` or `seated_nut`.
        identity: name given by perception, for pins `left_pin` or `right_pin`.
        position: [m], shape (3,): centre of a nut, seat centre of a pin.
        rotation: axes, shape (3, 3): x of a nut is the normal of one flat, z of a pin its axis.
        score: 0..1.
        stamp: time of the image [s].
    """

    part: str
    identity: str
    position: np.ndarray
    rotation: np.ndarray
    score: float
    stamp: float

    @property
    def yaw(self) -> float:
        """Direction of the x axis about the vertical [rad]."""
        return float(np.arctan2(self.rotation[1, 0], self.rotation[0, 0]))


@dataclass
class PartMemory:
    """Collects sightings and averages those of the same part.

    Attributes:
        same_part_distance: sightings closer than this [m] are of one part.
        latest_stamp: time of the newest image seen [s], -inf before the first.
        frames: stamps of all images since the last `forget`.
    """

    same_part_distance: float = 0.012
    latest_stamp: float = float('-inf')
    frames: list[float] = field(default_factory=list)
    _sightings: list[PartSighting] = field(default_factory=list)

    def add_frame(self, stamp: float, sightings: list[PartSighting]) -> None:
        """Add all sightings of one image; an image without parts counts as a frame, too."""
        self.latest_stamp = max(self.latest_stamp, stamp)
        self.frames.append(stamp)
        self._sightings.extend(sightings)

    def forget(self, before: float = float('inf')) -> None:
        """Drop what was seen before a time [s]."""
        self.frames = [s for s in self.frames if s >= before]
        self._sightings = [s for s in self._sightings if s.stamp >= before]

    def frame_count(self, since: float) -> int:
        """Number of images taken at or after a time [s]."""
        return sum(stamp >= since for stamp in self.frames)

    def parts(self, part: str, since: float = float('-inf'), min_score: float = 0.0,
              symmetry: int = 1) -> list[PartSighting]:
        """Parts of one class, each averaged over its sightings (yaw modulo 2 pi / symmetry), best score first."""
        groups: list[list[PartSighting]] = []
        for sighting in self._sightings:
            if sighting.part != part or sighting.stamp < since or sighting.score < min_score:
                continue
            for group in groups:
                same_name = group[0].identity == sighting.identity and part != 'nut'
                if same_name or np.linalg.norm(group[-1].position - sighting.position) < self.same_part_distance:
                    group.append(sighting)
                    break
            else:
                groups.append([sighting])
        return sorted((_mean(group, symmetry) for group in groups), key=lambda s: -s.score)

    def find(self, part: str, identity: str, since: float = float('-inf')) -> PartSighting | None:
        """Average of the sightings of one named part, or None."""
        found = [p for p in self.parts(part, since) if p.identity == identity]
        return found[0] if found else None


def _mean(group: list[PartSighting], symmetry: int) -> PartSighting:
    newest = max(group, key=lambda s: s.stamp)
    position = np.median([s.position for s in group], axis=0)
    rotation = newest.rotation
    if symmetry > 1:
        # mean of angles that repeat every 2 pi / symmetry
        phases = np.exp(1j * symmetry * np.array([s.yaw for s in group]))
        yaw = float(np.angle(phases.mean())) / symmetry
        c, s = np.cos(yaw), np.sin(yaw)
        rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return PartSighting(newest.part, newest.identity, position, rotation,
                        float(np.mean([s.score for s in group])), newest.stamp)
