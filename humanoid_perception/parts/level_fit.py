# SPDX-License-Identifier: Apache-2.0
"""Plane through the bench top from depth points, with what the station's drawing says as prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROUNDS = 3


@dataclass(frozen=True)
class Level:
    """Nearly horizontal plane z = c0 + c1 (x - x0) + c2 (y - y0).

    Attributes:
        origin: (x0, y0) [m].
        coefficients: (c0 [m], c1, c2).
        covariance: (3, 3) of the coefficients.
    """

    origin: np.ndarray
    coefficients: np.ndarray
    covariance: np.ndarray

    def height(self, xy: np.ndarray) -> np.ndarray:
        """Return the plane's z [m] below points (..., 2)."""
        return self.coefficients[0] + (xy - self.origin) @ self.coefficients[1:]


def fit_level(
    points: np.ndarray,
    origin: np.ndarray,
    nominal: float,
    nominal_deviation: float = 0.004,
    tilt_deviation: float = 0.005,
    band: float = 0.006,
    noise: float = 0.002,
) -> Level:
    """Fit the plane by least squares with a Gaussian prior, leaving out what stands on it.

    Args:
        points: (n, 3) [m].
        origin: (2,) where the plane's height is asked for [m].
        nominal, nominal_deviation: prior of the height there [m].
        tilt_deviation: prior deviation of both slopes from level [rad].
        band: points further than this from the present plane are left out [m]; halved from round to round.
        noise: deviation of one depth point [m].
    """
    prior = np.diag(1.0 / np.square([nominal_deviation, tilt_deviation, tilt_deviation]))
    mean = np.array([nominal, 0.0, 0.0])
    coefficients = mean
    rows = np.column_stack([np.ones(len(points)), points[:, :2] - origin])
    for turn in range(_ROUNDS):
        residual = points[:, 2] - rows @ coefficients
        near = np.abs(residual) < max(band * 0.5**turn, 2.5 * noise)
        chosen = rows[near]
        information = prior + chosen.T @ chosen / noise**2
        coefficients = np.linalg.solve(information, prior @ mean + chosen.T @ points[near, 2] / noise**2)
    return Level(np.asarray(origin, dtype=float), coefficients, np.linalg.inv(information))
