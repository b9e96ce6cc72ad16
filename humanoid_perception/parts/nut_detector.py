# SPDX-License-Identifier: Apache-2.0
"""Finds nuts that lie flat in a tray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.model.station_configuration import Nut, Tray
from humanoid_perception.parts.height_map import HeightMap
from humanoid_perception.parts.level_fit import Level, fit_level
from humanoid_perception.parts.nut_outline import NutOutline
from humanoid_perception.parts.outline_fit import OutlineFit, OutlineFitter
from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.parts.station_view import StationView
from humanoid_perception.pose_estimate import PoseEstimate

# depth points that deviate less than this from the nut's top belong to it [m]
_TOP_BAND = 0.004
_YAW_GUESSES = np.radians(np.arange(-30.0, 30.0, 10.0))


@dataclass(frozen=True)
class NutDetectorSettings:
    """Settings of the nut detector.

    Attributes:
        least_filling: share of a nut's top that must show depth points at its height, for a candidate.
        least_spacing: distance to the next part below which the fingers have no room [m].
        height_deviation: prior of the bench height relative to the station frame [m].
        depth_deviation: error of the depth camera that averaging doesn't remove [m].
    """

    least_filling: float
    least_spacing: float
    height_deviation: float
    depth_deviation: float


class NutDetector:
    """Depth proposes, colour measures.

    The bench plane comes from depth points in the tray and the station's drawing; depth points one nut height above it,
    gathered in a map seen from above, are correlated with the nut's ring to propose centres; each is fitted to the
    image's edges from several yaws, and the best supported fit stays.
    """

    def __init__(self, nut: Nut, bench_height: float, settings: NutDetectorSettings) -> None:
        """Keep sizes and settings.

        Args:
            nut: the part.
            bench_height: z of the bench top in the station frame [m].
            settings: see there.
        """
        self._nut = nut
        self._bench_height = bench_height
        self._settings = settings

    def detect(self, view: StationView, tray: Tray, name: str) -> list[PartDetection]:
        """Return the nuts of one tray in the station frame, doubtful ones with a low score and a remark."""
        low, high = _rectangle(tray)
        corners = np.array(
            [
                [x, y, self._bench_height + z]
                for x in (low[0], high[0])
                for y in (low[1], high[1])
                for z in (0.0, 2.0 * self._nut.height)
            ]
        )
        points = view.surface(corners)
        level = fit_level(points, np.asarray(tray.centre), self._bench_height)
        heights = points[:, 2] - level.height(points[:, :2])
        places = self._propose(points, heights, low, high)
        if not len(places):
            return []
        base, base_deviation = self._base(level)
        fit, rivalry = self._fit(view, places, base)
        return [
            self._judge(fit, i, rivalry[i], base, base_deviation, points, heights, name) for i in range(len(places))
        ]

    def _propose(self, points: np.ndarray, heights: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return likely centres (n, 2) [m]."""
        top = np.abs(heights - self._nut.height) < 1.5 * _TOP_BAND
        found = HeightMap(points, top, low, high).discs(
            0.5 * self._nut.hole_diameter, 0.5 * self._nut.across_flats, self._settings.least_filling
        )
        centres = []
        for place in found:
            near = top & (np.hypot(*(points[:, :2] - place).T) < 0.55 * self._nut.across_flats)
            centres.append(points[near, :2].mean(axis=0) if np.any(near) else place)
        return np.array(centres).reshape(-1, 2)

    def _base(self, level: Level) -> tuple[float, float]:
        """Return height of the bench in the station frame and its deviation [m], from depth and drawing together."""
        depth = np.square(self._settings.depth_deviation) + level.covariance[0, 0]
        drawing = np.square(self._settings.height_deviation)
        height = (level.coefficients[0] * drawing + self._bench_height * depth) / (drawing + depth)
        return float(height), float(np.sqrt(drawing * depth / (drawing + depth)))

    def _fit(self, view: StationView, places: np.ndarray, base: float) -> tuple[OutlineFit, np.ndarray]:
        """Return the best fit per place and the support of its best rival with another yaw."""
        fitter = OutlineFitter(view, NutOutline(self._nut, base + 0.5 * self._nut.height))
        count, guesses = len(places), len(_YAW_GUESSES)
        first = np.column_stack([np.repeat(places, guesses, axis=0), np.tile(_YAW_GUESSES, count)])
        coarse = fitter.fit(first, np.array([0.003, 0.003, 0.15]), (3.0, 2.0))
        support = coarse.support.reshape(count, guesses)
        best = support.argmax(axis=1)
        chosen = coarse.parameters.reshape(count, guesses, 3)[np.arange(count), best]
        fit = fitter.fit(chosen, np.array([0.003, 0.003, 0.15]), (2.0, 1.5, 1.5, 1.5))
        turn = coarse.parameters[:, 2].reshape(count, guesses) - fit.parameters[:, 2:]
        elsewhere = np.abs((turn + np.pi / 6.0) % (np.pi / 3.0) - np.pi / 6.0) > np.radians(8.0)
        return fit, np.where(elsewhere, support, 0.0).max(axis=1)

    def _judge(
        self,
        fit: OutlineFit,
        index: int,
        rivalry: float,
        base: float,
        base_deviation: float,
        points: np.ndarray,
        heights: np.ndarray,
        name: str,
    ) -> PartDetection:
        """Return the detection with its score: edges found x top at nut height x room for the fingers."""
        x, y, yaw = fit.parameters[index]
        distance = np.hypot(points[:, 0] - x, points[:, 1] - y)
        ring = (distance > 0.6 * self._nut.hole_diameter) & (distance < 0.47 * self._nut.across_flats)
        flat = np.count_nonzero(np.abs(heights[ring] - self._nut.height) < _TOP_BAND) / max(np.count_nonzero(ring), 1)
        others = np.delete(fit.parameters[:, :2], index, axis=0)
        spacing = np.hypot(*(others - (x, y)).T).min() if len(others) else np.inf
        score, remark = float(fit.support[index] * flat), ''
        if flat < 0.6:
            remark = f'not flat or covered: {100 * flat:.0f} % of its top at nut height'
        elif fit.support[index] < 0.4:
            remark = f'covered: {100 * fit.support[index]:.0f} % of its outline seen'
        if spacing < self._settings.least_spacing:
            score *= 0.3
            remark = (
                remark
                or f'{1000 * spacing:.0f} mm from the next, fingers need {1000 * self._settings.least_spacing:.0f} mm'
            )
        yaw = (yaw + np.pi / 6.0) % (np.pi / 3.0) - np.pi / 6.0
        covariance = np.zeros((6, 6))
        covariance[np.ix_((0, 1, 5), (0, 1, 5))] = fit.covariance[index]
        if rivalry > 0.9 * fit.support[index]:
            covariance[5, 5] += np.radians(10.0) ** 2  # another yaw explains the edges as well
        covariance[2, 2] = base_deviation**2
        covariance[3, 3] = covariance[4, 4] = np.radians(1.0) ** 2
        pose = pin.SE3(pin.utils.rotate('z', float(yaw)), np.array([x, y, base + 0.5 * self._nut.height]))
        size = (self._nut.across_flats, self._nut.across_flats, self._nut.height)
        return PartDetection('nut', name, PoseEstimate(pose, covariance), score, size, remark)


def _rectangle(tray: Tray) -> tuple[np.ndarray, np.ndarray]:
    centre, half = np.asarray(tray.centre), 0.5 * np.asarray(tray.size)
    return centre - half, centre + half
