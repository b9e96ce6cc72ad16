# SPDX-License-Identifier: Apache-2.0
"""Settings of the station localiser (config/station_localiser.yaml)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LocaliserSettings:
    """How tags become a pose; lengths [m], angles [rad], images [px].

    Attributes:
        least_tags: fewest tags for a pose.
        least_margin: decision margin of a tag's bits below which it doesn't count [0..255].
        corner_noise: deviation of a corner that is assumed at least [px].
        worst_reprojection: root mean square distance of corners above which the board isn't the station's [px].
        least_ambiguity_ratio: reprojection of the second pose over that of the first, at least.
        camera_position_deviation, camera_rotation_deviation: of the camera's pose in `odom`, image by image.
        position_drift, rotation_drift: of the station in `odom` in one second.
        position_floor, rotation_floor: what averaging doesn't go below.
        patience: time without a board in view before that is worth a word [s].
    """

    least_tags: int
    least_margin: float
    corner_noise: float
    worst_reprojection: float
    least_ambiguity_ratio: float
    camera_position_deviation: float
    camera_rotation_deviation: float
    position_drift: float
    rotation_drift: float
    position_floor: float
    rotation_floor: float
    patience: float

    def __post_init__(self) -> None:
        if self.least_tags < 2:
            raise ValueError(f'least_tags must be 2 or more (a single tag flips), got {self.least_tags}')
        if self.least_ambiguity_ratio < 1.0:
            raise ValueError(f'least_ambiguity_ratio must be 1 or more, got {self.least_ambiguity_ratio}')
        for name in (
            'corner_noise',
            'worst_reprojection',
            'camera_position_deviation',
            'camera_rotation_deviation',
            'position_drift',
            'rotation_drift',
            'position_floor',
            'rotation_floor',
            'patience',
        ):
            if not getattr(self, name) > 0.0:
                raise ValueError(f'{name} must be greater than 0, got {getattr(self, name)}')
