# SPDX-License-Identifier: Apache-2.0
"""One colour image with its registered depth image and where the camera was."""

from __future__ import annotations

import cv2
import numpy as np
import pinocchio as pin

from humanoid_perception.camera_model import CameraModel
from humanoid_perception.image_check import check_colour, check_depth


class RgbdFrame:
    """Checked and rectified colour and depth images of one instant.

    Attributes:
        camera: ideal pinhole camera of the images kept here.
        colour: (h, w, 3) uint8, rgb.
        depth: (h, w) float32 [m] along the optical axis; NaN where there is no return.
        camera_pose: SE3 of the optical frame in `odom`.
        stamp: [s].
    """

    def __init__(
        self, colour: np.ndarray, depth: np.ndarray, camera: CameraModel, camera_pose: pin.SE3, stamp: float = 0.0
    ) -> None:
        """Check, rectify and keep the images.

        Args:
            colour: (h, w, 3) uint8, rgb.
            depth: (h, w) float32 [m] in the pixels of `colour`; NaN, 0 or less: no return.
            camera: intrinsics of both.
            camera_pose: SE3 of the optical frame in `odom`.
            stamp: [s].

        Raises ImageFormatError, CoveredCameraError or DepthError.
        """
        check_colour(colour, camera)
        check_depth(depth, camera)
        self.camera = camera.rectified()
        self.colour = camera.rectify(colour)
        # nearest: a mean of foreground and background would be a surface that isn't there
        self.depth = camera.rectify(depth, cv2.INTER_NEAREST)
        self.depth = np.where(self.depth > 0.0, self.depth, np.float32(np.nan))
        self.camera_pose = camera_pose
        self.stamp = stamp

    def points(self, rows: slice, columns: slice) -> np.ndarray:
        """Return the points (h', w', 3) [m] of a window in the optical frame; NaN where there is no return."""
        depth = self.depth[rows, columns].astype(float)
        matrix = self.camera.matrix
        points = np.empty(depth.shape + (3,))
        points[..., 0] = (np.arange(self.camera.width)[columns] - matrix[0, 2]) / matrix[0, 0] * depth
        points[..., 1] = (np.arange(self.camera.height)[rows, None] - matrix[1, 2]) / matrix[1, 1] * depth
        points[..., 2] = depth
        return points
