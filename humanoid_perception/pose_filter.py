# SPDX-License-Identifier: Apache-2.0
"""Kalman filter of the pose of a thing that stands still."""

from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_perception.pose_estimate import PoseEstimate, rotation_error

# 99.9 % quantile of chi-square with 6 degrees of freedom
_GATE = 22.46


class PoseFilter:
    """Averages pose measurements on SE(3) by their covariance and leaves out outliers.

    Error state Kalman filter with a constant pose; see Sola et al., "A micro Lie theory", 2018.
    A run of outliers means that the thing (or `odom`) has moved: the filter starts again there.
    """

    def __init__(self, drift: np.ndarray, floor: np.ndarray, outliers_until_restart: int = 3) -> None:
        """Keep settings.

        Args:
            drift: (6,) standard deviation gained in one second [m/sqrt(s), rad/sqrt(s)].
            floor: (6,) standard deviation below which averaging doesn't help (calibration) [m, rad].
            outliers_until_restart: number of outliers in a row that are believed after all.
        """
        self._drift = np.diag(np.square(np.asarray(drift, dtype=float)))
        self._floor = np.diag(np.square(np.asarray(floor, dtype=float)))
        self._outliers_until_restart = outliers_until_restart
        self._pose: pin.SE3 | None = None
        self._covariance = np.zeros((6, 6))
        self._stamp = 0.0
        self.outliers = 0
        self.updates = 0

    @property
    def stamp(self) -> float:
        """Stamp [s] of the last measurement taken in."""
        return self._stamp

    @property
    def estimate(self) -> PoseEstimate | None:
        """Filtered pose, None before the first measurement."""
        if self._pose is None:
            return None
        return PoseEstimate(self._pose, self._covariance + self._floor)

    def update(self, measured: PoseEstimate, stamp: float) -> bool:
        """Take in one measurement of time `stamp` [s]; return False when it was left out as an outlier."""
        if self._pose is None:
            self._restart(measured, stamp)
            return True
        predicted = self._covariance + self._drift * max(0.0, stamp - self._stamp)
        error = np.concatenate(
            [
                measured.pose.translation - self._pose.translation,
                rotation_error(measured.pose.rotation, self._pose.rotation),
            ]
        )
        innovation = predicted + measured.covariance
        if error @ np.linalg.solve(innovation + self._floor, error) > _GATE:
            self.outliers += 1
            if self.outliers >= self._outliers_until_restart:
                self._restart(measured, stamp)
                return True
            return False
        gain = np.linalg.solve(innovation, predicted).T
        step = gain @ error
        self._pose = pin.SE3(pin.exp3(step[3:]) @ self._pose.rotation, self._pose.translation + step[:3])
        remaining = np.eye(6) - gain
        # Joseph's form keeps the covariance symmetric and positive
        self._covariance = remaining @ predicted @ remaining.T + gain @ measured.covariance @ gain.T
        self._stamp = stamp
        self.outliers = 0
        self.updates += 1
        return True

    def forget(self) -> None:
        """Begin anew with the next measurement."""
        self._pose = None

    def _restart(self, measured: PoseEstimate, stamp: float) -> None:
        self._pose = measured.pose.copy()
        self._covariance = measured.covariance.copy()
        self._stamp = stamp
        self.outliers = 0
        self.updates = 1
