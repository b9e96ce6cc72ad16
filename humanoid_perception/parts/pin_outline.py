# SPDX-License-Identifier: Apache-2.0
"""Edges of an upright pin on its boss."""

from __future__ import annotations

import numpy as np

from humanoid_control.model.station_configuration import Fixture
from humanoid_perception.parts.outline import Outline

_SAMPLES_RIM = 48
_SAMPLES_UPRIGHT = 7


class PinOutline:
    """Outline of a pin whose axis is parallel to z; parameters (x, y [m]) of the axis.

    Edges: the boss's upper rim, the pin's foot and top, and the silhouettes of both.
    """

    def __init__(self, fixture: Fixture, pin_radius: float, seat_height: float) -> None:
        """Keep the sizes.

        Args:
            fixture: sizes of boss and pin.
            pin_radius: [m].
            seat_height: z of the seat plane in the station frame [m].
        """
        self._fixture = fixture
        self._pin_radius = pin_radius
        self._seat_height = seat_height

    def outline(self, parameters: np.ndarray, camera_position: np.ndarray) -> Outline:
        """Return the visible edges of pins at `parameters` (b, 2), close together; see `OutlineModel`."""
        middle = np.array([*parameters.mean(axis=0), self._seat_height])
        points, tangents, weights = self._edges(camera_position - middle)
        shape = (len(parameters), len(points))
        centres = np.column_stack([parameters, np.full(len(parameters), self._seat_height)])
        derivatives = np.zeros(shape + (3, 2))
        derivatives[..., 0, 0] = derivatives[..., 1, 1] = 1.0
        return Outline(
            points + centres[:, None],
            np.broadcast_to(tangents, shape + (3,)),
            derivatives,
            np.broadcast_to(weights, shape),
        )

    def _edges(self, to_camera: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return points (s, 3) relative to the seat's centre, tangents (s, 3) and weights (s,)."""
        fixture, pin_radius = self._fixture, self._pin_radius
        rim_points, rim_tangents = _circle(fixture.boss_radius, 0.0)
        foot_points, foot_tangents = _circle(pin_radius, 0.0)
        top = fixture.pin_height - 0.5 * fixture.pin_chamfer
        top_points, top_tangents = _circle(pin_radius - 0.5 * fixture.pin_chamfer, top)
        near = foot_points @ to_camera > pin_radius**2  # the camera sees the foot only on its own side
        hidden = _behind_pin(rim_points, to_camera, pin_radius, fixture.pin_height)
        parts = [
            (rim_points, rim_tangents, 1.0 - hidden),
            (foot_points, foot_tangents, near.astype(float)),
            (top_points, top_tangents, np.full(len(top_points), 0.5)),
        ]
        for radius, low, high in (
            (pin_radius, 0.0, fixture.pin_height - fixture.pin_chamfer),
            (fixture.boss_radius, -0.4 * fixture.boss_height, 0.0),
        ):
            points = _silhouette(radius, low, high, to_camera)
            parts.append((points, np.tile((0.0, 0.0, 1.0), (len(points), 1)), np.ones(len(points))))
        points, tangents, weights = (np.concatenate(part) for part in zip(*parts))
        return points, tangents, weights


def _circle(radius: float, height: float) -> tuple[np.ndarray, np.ndarray]:
    angle = 2.0 * np.pi * np.arange(_SAMPLES_RIM) / _SAMPLES_RIM
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.full(_SAMPLES_RIM, height)])
    return points, np.column_stack([-np.sin(angle), np.cos(angle), 0.0 * angle])


def _silhouette(radius: float, low: float, high: float, to_camera: np.ndarray) -> np.ndarray:
    """Return points on the two uprights where the lines of sight graze a cylinder."""
    middle = np.arctan2(to_camera[1], to_camera[0])
    spread = np.arccos(min(1.0, radius / np.hypot(to_camera[0], to_camera[1])))
    heights = low + (high - low) * (np.arange(_SAMPLES_UPRIGHT) + 0.5) / _SAMPLES_UPRIGHT
    return np.concatenate(
        [
            np.column_stack(
                [np.full(_SAMPLES_UPRIGHT, radius * np.cos(a)), np.full(_SAMPLES_UPRIGHT, radius * np.sin(a)), heights]
            )
            for a in (middle - spread, middle + spread)
        ]
    )


def _behind_pin(points: np.ndarray, to_camera: np.ndarray, radius: float, height: float) -> np.ndarray:
    """Return 1.0 for points of the seat plane that the pin hides, else 0.0."""
    sight = to_camera - points
    # where the line of sight passes the axis nearest, seen from above
    share = np.clip(-np.sum(points[:, :2] * sight[:, :2], axis=1) / np.sum(sight[:, :2] ** 2, axis=1), 0.0, 1.0)
    passing = points + share[:, None] * sight
    return ((np.hypot(passing[:, 0], passing[:, 1]) < 1.15 * radius) & (share > 0.0) & (passing[:, 2] < height)).astype(
        float
    )
