# SPDX-License-Identifier: Apache-2.0
"""Poses on the floor."""
from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


def wrap(angle: float) -> float:
    """Angle [rad] in (-pi, pi]."""
    return angle - 2 * math.pi * math.ceil((angle - math.pi) / (2 * math.pi))


class Pose2(NamedTuple):
    """Position x, y [m] and yaw [rad] in some frame of the floor."""

    x: float
    y: float
    yaw: float

    def compose(self, relative: Pose2) -> Pose2:
        """The pose that is seen as `relative` from here."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return Pose2(self.x + c * relative.x - s * relative.y, self.y + s * relative.x + c * relative.y,
                     wrap(self.yaw + relative.yaw))

    def relative(self, other: Pose2) -> Pose2:
        """`other` as seen from here."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        dx, dy = other.x - self.x, other.y - self.y
        return Pose2(c * dx + s * dy, c * dy - s * dx, wrap(other.yaw - self.yaw))

    def carry(self, points: np.ndarray) -> np.ndarray:
        """Points (n, 2) [m] that are given as seen from here, in the frame that this pose is given in."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return points @ np.array([[c, s], [-s, c]]) + (self.x, self.y)

    def middle(self, other: Pose2) -> Pose2:
        """Halfway to `other`."""
        return Pose2((self.x + other.x) / 2, (self.y + other.y) / 2, wrap(self.yaw + wrap(other.yaw - self.yaw) / 2))

    def distance(self, other: Pose2) -> float:
        """Distance of the positions [m]."""
        return math.hypot(self.x - other.x, self.y - other.y)
