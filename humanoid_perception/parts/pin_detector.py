# SPDX-License-Identifier: Apache-2.0
"""Finds the pins of the fixture near their nominal places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.model.station_configuration import Fixture
from humanoid_perception.parts.height_map import HeightMap
from humanoid_perception.parts.level_fit import fit_level
from humanoid_perception.parts.outline_fit import OutlineFitter
from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.parts.pin_outline import PinOutline
from humanoid_perception.parts.station_view import StationView
from humanoid_perception.pose_estimate import PoseEstimate

# depth points of the seat plane lie within this of it [m]
_SEAT_BAND = 0.005
# share of the seat plane's disc, less half of what surrounds it, that makes a boss
_LEAST_FILLING = 0.4
# half the map's size beyond the search radius, over the boss radius
_MARGIN = 1.6
# first guesses around the depth's one [m]
_GUESSES = 0.003 * np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


@dataclass(frozen=True)
class PinDetectorSettings:
    """Settings of the pin detector.

    Attributes:
        height_deviation: prior of the seat plane relative to the station frame [m].
        depth_deviation: error of the depth camera that averaging doesn't remove [m].
        tilt_deviation: of a pin from the bench's normal [rad].
    """

    height_deviation: float
    depth_deviation: float
    tilt_deviation: float


class PinDetector:
    """Depth finds the boss, colour measures it.

    Depth points at the height of the seat plane give the boss's centre; outline of boss and pin are then fitted to the
    image's edges.
    """

    def __init__(self, fixture: Fixture, pin_radius: float, bench_height: float, settings: PinDetectorSettings) -> None:
        """Keep sizes and settings.

        Args:
            fixture: sizes of boss and pin.
            pin_radius: [m].
            bench_height: z of the bench top in the station frame [m].
            settings: see there.
        """
        self._fixture = fixture
        self._pin_radius = pin_radius
        self._bench_height = bench_height
        self._settings = settings

    def detect(self, view: StationView, nominal: tuple[float, float], name: str) -> PartDetection | None:
        """Return the pin nearest to its nominal place (x, y) [m] in the station frame; None when no boss is there."""
        fixture = self._fixture
        reach = fixture.search_radius + _MARGIN * fixture.boss_radius
        seat = self._bench_height + fixture.boss_height
        corners = np.array(
            [
                [nominal[0] + x, nominal[1] + y, z]
                for x in (-reach, reach)
                for y in (-reach, reach)
                for z in (self._bench_height, seat + fixture.pin_height)
            ]
        )
        points = view.surface(corners)
        level = fit_level(points, np.asarray(nominal), seat, nominal_deviation=0.003)
        places = self._propose(points, points[:, 2] - level.height(points[:, :2]), np.asarray(nominal))
        if not len(places):
            return None
        depth = self._settings.depth_deviation**2 + level.covariance[0, 0]
        drawing = self._settings.height_deviation**2
        height = float((level.coefficients[0] * drawing + seat * depth) / (drawing + depth))
        fitter = OutlineFitter(view, PinOutline(fixture, self._pin_radius, height))
        fit = fitter.fit(places, np.array([0.004, 0.004]), (4.0, 3.0, 2.0, 1.5, 1.5))
        best = int(fit.support.argmax())
        x, y = fit.parameters[best]
        covariance = np.zeros((6, 6))
        covariance[:2, :2] = fit.covariance[best]
        covariance[2, 2] = drawing * depth / (drawing + depth)
        covariance[3, 3] = covariance[4, 4] = self._settings.tilt_deviation**2
        covariance[5, 5] = np.pi**2 / 3.0  # a round pin has no yaw
        pose = pin.SE3(np.eye(3), np.array([x, y, height]))
        score = float(fit.support[best])
        beyond = np.hypot(x - nominal[0], y - nominal[1]) > fixture.search_radius
        remark = 'further from its nominal place than search_radius' if beyond else ''
        size = (2.0 * self._pin_radius, 2.0 * self._pin_radius, fixture.pin_height)
        return PartDetection('pin', name, PoseEstimate(pose, covariance), 0.0 if beyond else score, size, remark)

    def _propose(self, points: np.ndarray, heights: np.ndarray, nominal: np.ndarray) -> np.ndarray:
        """Return first guesses (n, 2) [m] around the disc of boss radius at the seat's height; none without one."""
        fixture = self._fixture
        reach = fixture.search_radius + _MARGIN * fixture.boss_radius
        # pin or nut above the seat plane hide a part of it, but stand on it
        standing = (heights > -_SEAT_BAND) & (heights < 2.0 * fixture.pin_height)
        found = HeightMap(points, standing, nominal - reach, nominal + reach).discs(
            0.0, fixture.boss_radius, _LEAST_FILLING
        )
        found = found[np.hypot(*(found - nominal).T) < fixture.search_radius + 0.5 * fixture.boss_radius]
        return found[:1] + _GUESSES if len(found) else np.empty((0, 2))
