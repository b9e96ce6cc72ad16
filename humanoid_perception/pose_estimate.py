# SPDX-License-Identifier: Apache-2.0
"""Pose with covariance, in the convention of geometry_msgs/PoseWithCovariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin


@dataclass(frozen=True)
class PoseEstimate:
    """Pose of a frame in a reference frame.

    Attributes:
        pose: SE3 of the frame in the reference frame.
        covariance: (6, 6) of (x, y, z [m], rotation about x, y, z [rad]), about the axes of the reference
            frame, the rotation error multiplied from the left: R_true = exp(error) R.
    """

    pose: pin.SE3
    covariance: np.ndarray

    def moved(self, transform: pin.SE3, transform_covariance: np.ndarray | None = None) -> PoseEstimate:
        """Return the estimate in a frame in which the present reference frame has the pose `transform`.

        Args:
            transform: SE3 of the present reference frame in the new one.
            transform_covariance: (6, 6) of `transform`, in the convention of this class; None: exact.
        """
        rotation = np.zeros((6, 6))
        rotation[:3, :3] = rotation[3:, 3:] = transform.rotation
        covariance = rotation @ self.covariance @ rotation.T
        if transform_covariance is not None:
            # an error of the transform's rotation swings the pose about the transform's origin
            lever = np.eye(6)
            lever[:3, 3:] = -pin.skew(transform.rotation @ self.pose.translation)
            covariance = covariance + lever @ transform_covariance @ lever.T
        return PoseEstimate(transform * self.pose, covariance)


def rotation_error(measured: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    """Return the rotation vector (3,) [rad] that, multiplied from the left, turns `estimate` into `measured`."""
    return pin.log3(measured @ estimate.T)
