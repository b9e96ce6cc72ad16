# SPDX-License-Identifier: Apache-2.0
"""Where the odometry's frame lies on the map, corrected by stations that are seen."""
from __future__ import annotations

import math
from dataclasses import dataclass

from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.pose2 import Pose2, wrap


@dataclass(frozen=True)
class AlignmentSettings:
    """How sightings correct the map (section `alignment` of config/walking_node.yaml).

    Attributes:
        share: of the difference that one sighting takes away.
        distance, angle: differences beyond which a sighting is not believed [m], [rad].
    """

    share: float
    distance: float
    angle: float

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 1.0:
            raise ValueError(f'share must lie in (0, 1], got {self.share}')


class MapAlignment:
    """Pose of `odom` in `map`.

    Attributes:
        odom: that pose.
    """

    def __init__(self, settings: AlignmentSettings):
        """With both frames in the same place."""
        self.settings = settings
        self.odom = Pose2(0.0, 0.0, 0.0)

    def place(self, on_map: Pose2, in_odom: Pose2) -> None:
        """Believe that what is at `in_odom` is at `on_map`, e.g. the robot after `initialpose`.

        Raises WalkingError when a number isn't finite.
        """
        if not all(map(math.isfinite, (*on_map, *in_odom))):
            raise WalkingError(f'poses must be finite, got {tuple(on_map)} and {tuple(in_odom)}')
        yaw = wrap(on_map.yaw - in_odom.yaw)
        turned = Pose2(0.0, 0.0, yaw).compose(in_odom)
        self.odom = Pose2(on_map.x - turned.x, on_map.y - turned.y, yaw)

    def see(self, on_map: Pose2, in_odom: Pose2) -> None:
        """A landmark of the map was seen at `in_odom`: move towards agreement.

        Raises WalkingError when the sighting is too far from where the landmark should be.
        """
        expected = self.from_odom(in_odom)
        distance, angle = expected.distance(on_map), abs(wrap(expected.yaw - on_map.yaw))
        if not (distance <= self.settings.distance and angle <= self.settings.angle):
            raise WalkingError(f'a landmark of the map is seen {distance:.2f} m and {math.degrees(angle):.0f} deg off: not '
                               'believed; set the pose of the robot')
        error = expected.relative(on_map)
        share = self.settings.share
        corrected = expected.compose(Pose2(share * error.x, share * error.y, share * error.yaw))
        self.place(corrected, in_odom)

    def from_odom(self, pose: Pose2) -> Pose2:
        """A pose of the odometry's frame on the map."""
        return self.odom.compose(pose)

    def to_odom(self, pose: Pose2) -> Pose2:
        """A pose of the map in the odometry's frame."""
        return self.odom.relative(pose)
