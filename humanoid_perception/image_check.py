# SPDX-License-Identifier: Apache-2.0
"""Checks that an image can tell anything, before anything is read from it."""

from __future__ import annotations

import cv2
import numpy as np

from humanoid_perception.camera_model import CameraModel
from humanoid_perception.errors import CoveredCameraError, DepthError, ImageFormatError

# brightness [0..255] below which the brightest blocks of a covered or dead camera stay
DARK_LEVEL = 25.0
# spread of block brightness [0..255] that any lit scene exceeds and a covered lens does not
UNIFORM_SPREAD = 2.5
_BLOCKS = (32, 24)


def check_colour(image: np.ndarray, camera: CameraModel) -> None:
    """Raise unless `image` is an (h, w, 3) or (h, w) uint8 image of the camera's size that shows something.

    Raises ImageFormatError (size, type) or CoveredCameraError (black or uniform).
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise ImageFormatError(
            f'{camera.name}: colour image is {image.dtype} {image.shape}, expected uint8 (h, w, 3) or (h, w)'
        )
    _check_size(image, camera, 'colour')
    # block means suppress pixel noise, so that a noisy black image stays uniform
    blocks = cv2.resize(image, _BLOCKS, interpolation=cv2.INTER_AREA).astype(float)
    brightest = float(np.percentile(blocks, 99))
    if brightest < DARK_LEVEL:
        raise CoveredCameraError(
            f'{camera.name}: image is black (brightest blocks {brightest:.0f} of 255); '
            'uncover the lens, switch on the light or restart the camera'
        )
    spread = float(blocks.std(axis=(0, 1)).max())
    if spread < UNIFORM_SPREAD:
        raise CoveredCameraError(f'{camera.name}: image is uniform (spread {spread:.1f} of 255); uncover the lens')


def check_depth(depth: np.ndarray, camera: CameraModel, least_share: float = 0.2) -> None:
    """Raise unless `depth` is an (h, w) float32 image [m] of the camera's size with enough returns.

    Raises ImageFormatError (size, type) or DepthError (fewer than `least_share` of the pixels have a return).
    """
    if depth.dtype != np.float32 or depth.ndim != 2:
        raise ImageFormatError(
            f'{camera.name}: depth image is {depth.dtype} {depth.shape}, expected float32 (h, w) [m]'
        )
    _check_size(depth, camera, 'depth')
    coarse = depth[::4, ::4]
    share = np.count_nonzero(np.isfinite(coarse) & (coarse > 0.0)) / coarse.size
    if share < least_share:
        raise DepthError(
            f'{camera.name}: only {100 * share:.0f} % of the depth pixels have a return, expected '
            f'{100 * least_share:.0f} %; uncover the camera, check its projector and its distance'
        )


def _check_size(image: np.ndarray, camera: CameraModel, kind: str) -> None:
    if image.shape[:2] != (camera.height, camera.width):
        raise ImageFormatError(
            f'{camera.name}: {kind} image is {image.shape[1]} x {image.shape[0]}, '
            f'camera_info says {camera.width} x {camera.height}'
        )
