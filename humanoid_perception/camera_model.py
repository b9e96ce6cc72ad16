# SPDX-License-Identifier: Apache-2.0
"""Pinhole camera with lens distortion, made from the values of a CameraInfo message alone."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import cv2
import numpy as np

from humanoid_perception.errors import CameraInfoError, ImageFormatError

_DISTORTION_LENGTHS = {'': (0,), 'plumb_bob': (0, 4, 5), 'rational_polynomial': (8, 12, 14)}


class CameraModel:
    """Pinhole camera in the optical frame: z forward, x right, y down (REP-103).

    Pixel coordinates are (column, row); (0, 0) is the centre of the upper left pixel, as in OpenCV.
    """

    def __init__(
        self, width: int, height: int, matrix: np.ndarray, distortion: np.ndarray = (), name: str = 'camera'
    ) -> None:
        """Keep intrinsics.

        Args:
            width, height: image size [px].
            matrix: (3, 3) camera matrix [px].
            distortion: (n,) OpenCV coefficients (k1 k2 p1 p2 [k3 ...]), n in 0, 4, 5, 8, 12, 14.
            name: frame or topic used in messages.

        Raises CameraInfoError when a value is unusable.
        """
        matrix = np.asarray(matrix, dtype=float)
        distortion = np.asarray(distortion, dtype=float).ravel()
        if width <= 0 or height <= 0:
            raise CameraInfoError(f'{name}: width x height is {width} x {height}, expected positive sizes [px]')
        if matrix.shape != (3, 3) or not np.all(np.isfinite(matrix)):
            raise CameraInfoError(f'{name}: k is {matrix.tolist()}, expected a finite 3 x 3 camera matrix')
        if matrix[0, 0] <= 0 or matrix[1, 1] <= 0:
            raise CameraInfoError(
                f'{name}: k has focal lengths {matrix[0, 0]} and {matrix[1, 1]} px, expected positive ones; '
                'is the camera calibrated?'
            )
        if not (0 < matrix[0, 2] < width and 0 < matrix[1, 2] < height):
            raise CameraInfoError(
                f'{name}: principal point ({matrix[0, 2]}, {matrix[1, 2]}) lies outside the {width} x {height} image'
            )
        if distortion.size not in (0, 4, 5, 8, 12, 14) or not np.all(np.isfinite(distortion)):
            raise CameraInfoError(
                f'{name}: d is {distortion.tolist()}, expected 0, 4, 5, 8, 12 or 14 finite coefficients'
            )
        self.width = int(width)
        self.height = int(height)
        self.matrix = matrix
        self.distortion = distortion
        self.name = name

    @classmethod
    def from_camera_info(cls, info: Any, name: str = '') -> CameraModel:
        """Read a sensor_msgs/CameraInfo or anything with its fields; messages use `name`, else its frame.

        Raises CameraInfoError naming the field when the lens model, binning or region of interest is not supported.
        """
        name = name or info.header.frame_id or 'camera'
        if info.distortion_model not in _DISTORTION_LENGTHS:
            raise CameraInfoError(
                f'{name}: distortion_model is {info.distortion_model!r}, expected plumb_bob or rational_polynomial'
            )
        if len(info.d) not in _DISTORTION_LENGTHS[info.distortion_model]:
            raise CameraInfoError(
                f'{name}: d has {len(info.d)} coefficients, {info.distortion_model!r} takes '
                f'{_DISTORTION_LENGTHS[info.distortion_model]}'
            )
        if info.binning_x > 1 or info.binning_y > 1:
            raise CameraInfoError(f'{name}: binning is {info.binning_x} x {info.binning_y}, expected none')
        if info.roi.x_offset or info.roi.y_offset:
            raise CameraInfoError(
                f'{name}: roi starts at ({info.roi.x_offset}, {info.roi.y_offset}), expected full images'
            )
        return cls(info.width, info.height, np.reshape(info.k, (3, 3)), np.array(info.d), name)

    @property
    def focal_length(self) -> float:
        """Mean focal length [px]."""
        return 0.5 * (self.matrix[0, 0] + self.matrix[1, 1])

    @property
    def is_distorted(self) -> bool:
        """Whether the lens bends straight lines."""
        return bool(np.any(self.distortion))

    def rectified(self) -> CameraModel:
        """Return the ideal pinhole camera of the images that `rectify` returns."""
        return CameraModel(self.width, self.height, self.matrix, (), self.name) if self.is_distorted else self

    def rectify(self, image: np.ndarray, interpolation: int = cv2.INTER_LINEAR) -> np.ndarray:
        """Return the image (h, w[, 3]) as the pinhole camera without distortion would see it."""
        if image.shape[:2] != (self.height, self.width):
            raise ImageFormatError(
                f'{self.name}: image is {image.shape[1]} x {image.shape[0]}, '
                f'camera_info says {self.width} x {self.height}'
            )
        if not self.is_distorted:
            return image
        return cv2.remap(image, *self._rectification, interpolation)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Project points (..., 3) [m] of the optical frame to pixels (..., 2)."""
        points = np.ascontiguousarray(points, dtype=float)
        if self.is_distorted:
            pixels, _ = cv2.projectPoints(points.reshape(-1, 3), np.zeros(3), np.zeros(3), self.matrix, self.distortion)
            return pixels.reshape(points.shape[:-1] + (2,))
        pixels = points[..., :2] / points[..., 2:]
        pixels *= (self.matrix[0, 0], self.matrix[1, 1])
        pixels += (self.matrix[0, 2], self.matrix[1, 2])
        return pixels

    def rays(self, pixels: np.ndarray) -> np.ndarray:
        """Return directions (..., 3) with z = 1 through pixels (..., 2)."""
        pixels = np.ascontiguousarray(pixels, dtype=float)
        if self.is_distorted:
            flat = cv2.undistortPoints(pixels.reshape(-1, 1, 2), self.matrix, self.distortion).reshape(pixels.shape)
        else:
            flat = (pixels - (self.matrix[0, 2], self.matrix[1, 2])) / (self.matrix[0, 0], self.matrix[1, 1])
        return np.concatenate([flat, np.ones(flat.shape[:-1] + (1,))], axis=-1)

    def matches(self, info: Any) -> bool:
        """Whether a CameraInfo still holds the same intrinsics."""
        return (
            info.width == self.width
            and info.height == self.height
            and np.array_equal(np.asarray(info.k, dtype=float).reshape(3, 3), self.matrix)
            and np.array_equal(np.asarray(info.d, dtype=float), self.distortion)
        )

    @cached_property
    def _rectification(self) -> tuple[np.ndarray, np.ndarray]:
        return cv2.initUndistortRectifyMap(
            self.matrix, self.distortion, None, self.matrix, (self.width, self.height), cv2.CV_32FC1
        )
