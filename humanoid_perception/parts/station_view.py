# SPDX-License-Identifier: Apache-2.0
"""A frame's images seen from the station frame."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
import pinocchio as pin

from humanoid_perception.camera_model import CameraModel
from humanoid_perception.rgbd_frame import RgbdFrame

# smoothing before edges are looked for [px]
_SMOOTHING = 0.8


class StationView:
    """Colour image, optional depth and the camera's place, all in the station frame.

    Attributes:
        camera: ideal pinhole camera.
        camera_pose: SE3 of the optical frame in the station frame.
    """

    def __init__(
        self, colour: np.ndarray, camera: CameraModel, camera_pose: pin.SE3, frame: RgbdFrame | None = None
    ) -> None:
        """Keep a rectified colour image (h, w, 3) uint8 and the pose of the optical frame in the station frame."""
        self.camera = camera
        self.camera_pose = camera_pose
        self._colour = colour
        self._frame = frame

    @classmethod
    def of_frame(cls, frame: RgbdFrame, station: pin.SE3) -> StationView:
        """View of an RGB-D frame; `station` is the SE3 of the station frame in `odom`."""
        return cls(frame.colour, frame.camera, station.actInv(frame.camera_pose), frame)

    @property
    def camera_position(self) -> np.ndarray:
        """Position (3,) [m] of the camera in the station frame."""
        return self.camera_pose.translation

    @cached_property
    def grey(self) -> np.ndarray:
        """Smoothed grey image (h, w) float32."""
        grey = cv2.cvtColor(self._colour, cv2.COLOR_RGB2GRAY)
        return cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _SMOOTHING)

    def local(self, points: np.ndarray) -> np.ndarray:
        """Return points (..., 3) [m] of the station frame in the optical frame."""
        return (points - self.camera_pose.translation) @ self.camera_pose.rotation

    def window(self, corners: np.ndarray, margin: float = 4.0) -> tuple[slice, slice] | None:
        """Return rows and columns around points (n, 3) [m], `margin` [px] wider; None when out of the image."""
        local = self.local(corners)
        if np.any(local[:, 2] <= 0.0):
            return None
        pixels = self.camera.project(local)
        low = np.floor(pixels.min(axis=0) - margin)
        high = np.ceil(pixels.max(axis=0) + margin) + 1
        left, top = np.maximum(low, 0).astype(int)
        right, bottom = np.minimum(high, (self.camera.width, self.camera.height)).astype(int)
        if right - left < 8 or bottom - top < 8:
            return None
        return slice(top, bottom), slice(left, right)

    def surface(self, corners: np.ndarray) -> np.ndarray:
        """Return the points (n, 3) [m] with a depth return in the window around `corners`, in the station frame."""
        window = self.window(corners)
        if window is None or self._frame is None:
            return np.empty((0, 3))
        points = self._frame.points(*window)
        points = points[np.isfinite(points[..., 2])]
        return points @ self.camera_pose.rotation.T + self.camera_pose.translation
