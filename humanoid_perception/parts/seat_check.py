# SPDX-License-Identifier: Apache-2.0
"""Looks whether a nut is on a pin, and whether it sits flush."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.model.station_configuration import Fixture, Nut
from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.parts.station_view import StationView
from humanoid_perception.pose_estimate import PoseEstimate

# directions from a pin's axis in which a nut shows
_SECTORS = 6


@dataclass(frozen=True)
class SeatCheckSettings:
    """Settings of the seat check.

    Attributes:
        flush_tolerance: deviation of the nut's top from flush that still counts as seated [m].
        tilt_tolerance: tilt of the nut's top that still counts as seated [rad].
        least_filling: share of the nut's top that must show depth points, for a nut.
    """

    flush_tolerance: float
    tilt_tolerance: float
    least_filling: float


class SeatCheck:
    """Height and tilt of the ring of depth points around a pin, above its seat plane."""

    def __init__(self, fixture: Fixture, nut: Nut, settings: SeatCheckSettings) -> None:
        """Keep sizes and settings."""
        self._fixture = fixture
        self._nut = nut
        self._settings = settings

    def check(self, view: StationView, seat: np.ndarray, name: str) -> PartDetection | None:
        """Return the nut on the pin whose seat plane has the centre `seat` (3,) [m] in the station frame.

        None when no nut is there. The pose is that of the nut's centre, so that a flush nut has z = seat + half its
        height; the score is the belief that it is flush and level.
        """
        nut = self._nut
        outer = 0.5 * nut.across_flats
        highest = self._fixture.pin_height + nut.height
        corners = seat + np.array([[x, y, z] for x in (-outer, outer) for y in (-outer, outer) for z in (0.0, highest)])
        points = view.surface(corners) - seat
        radius = np.hypot(points[:, 0], points[:, 1])
        ring = points[(radius > 0.55 * nut.hole_diameter) & (radius < 0.97 * outer)]
        # a nut on its way down hides the seat; a bare pin leaves nearly all of the ring at height 0
        raised = ring[(ring[:, 2] > 0.4 * nut.height) & (ring[:, 2] < highest)]
        sight = view.camera_position - seat
        area = np.pi * ((0.97 * outer) ** 2 - (0.55 * nut.hole_diameter) ** 2)
        expected = area * view.camera.focal_length**2 * sight[2] / np.linalg.norm(sight) ** 3
        filling = len(raised) / expected
        if filling < self._settings.least_filling or not _all_around(raised):
            return None
        height, tilt, deviation = _top(raised)
        error, settings = height - nut.height, self._settings
        remark = ''
        if abs(error) > settings.flush_tolerance or tilt > settings.tilt_tolerance:
            remark = (
                f'not flush: top {1000 * height:.1f} mm over the seat, expected {1000 * nut.height:.1f} mm; '
                f'tilt {np.degrees(tilt):.1f} deg'
            )
        # ln 2: half the belief is left at the edge of the tolerance
        belief = np.exp(
            -np.log(2.0) * ((error / settings.flush_tolerance) ** 2 + (tilt / settings.tilt_tolerance) ** 4)
        )
        covariance = np.diag([0.001**2, 0.001**2, deviation**2, 0.03**2, 0.03**2, np.pi**2 / 108.0])
        pose = pin.SE3(np.eye(3), seat + (0.0, 0.0, height - 0.5 * nut.height))
        size = (nut.across_flats, nut.across_flats, nut.height)
        return PartDetection(
            'seated_nut', name, PoseEstimate(pose, covariance), float(belief * min(1.0, filling)), size, remark
        )


def _all_around(points: np.ndarray) -> bool:
    """Whether points (n, 3) lie in nearly all directions from the axis, as a nut's top does and a pin beside it doesn't."""
    sector = ((np.arctan2(points[:, 1], points[:, 0]) + np.pi) * (_SECTORS / (2.0 * np.pi))).astype(int) % _SECTORS
    share = np.bincount(sector, minlength=_SECTORS) / max(1, len(points))
    return np.count_nonzero(share > 0.3 / _SECTORS) >= _SECTORS - 2


def _top(points: np.ndarray) -> tuple[float, float, float]:
    """Return height at the axis [m], tilt [rad] and the height's deviation [m] of the plane through points (n, 3)."""
    rows = np.column_stack([np.ones(len(points)), points[:, :2]])
    # from above: the sides of a nut are seen too, its top is the highest dense layer
    coefficients = np.array([np.percentile(points[:, 2], 70), 0.0, 0.0])
    for band in (0.006, 0.004, 0.003):
        near = np.abs(points[:, 2] - rows @ coefficients) < band
        if np.count_nonzero(near) < 12:
            break
        coefficients = np.linalg.lstsq(rows[near], points[near, 2], rcond=None)[0]
    spread = np.std(points[near, 2] - rows[near] @ coefficients) if np.any(near) else 0.003
    deviation = np.hypot(0.0003, spread / np.sqrt(max(1, np.count_nonzero(near))))
    return float(coefficients[0]), float(np.arctan(np.hypot(*coefficients[1:]))), float(deviation)
