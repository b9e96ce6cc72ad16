# SPDX-License-Identifier: Apache-2.0
"""What a real RGB-D camera does to a perfect picture."""
from __future__ import annotations

import cv2
import numpy as np

from humanoid_control.simulation.camera_configuration import ColourSettings, DepthSettings

POOL = 1 << 21       # random numbers drawn once; each picture takes a stretch that begins anywhere


class ImageErrors:
    """Noise, blur and loss for pictures of any size, reproducible from the seed."""

    def __init__(self, colour: ColourSettings, depth: DepthSettings, noise: float, random: np.random.Generator):
        """
        Args:
            noise: scales every random error; 0 leaves quantisation, range and blur.
        """
        self._colour, self._depth, self._noise = colour, depth, noise
        self._random = random
        self._pool = random.standard_normal(POOL, dtype=np.float32)
        self._grey_pool = np.rint(self._pool * (colour.noise * noise)).clip(-127, 127).astype(np.int16)
        self._chance_pool = random.random(POOL, dtype=np.float32)
        self._gain = float(1 + colour.gain * noise * random.standard_normal())

    def spoil_colour(self, picture: np.ndarray) -> np.ndarray:
        """Blurred and noisy copy of a picture (h, w, 3) uint8."""
        if self._colour.blur > 0:
            picture = cv2.GaussianBlur(picture, (5, 5), self._colour.blur)
        if self._noise == 0:
            return picture
        noisy = cv2.convertScaleAbs(picture, alpha=self._gain).astype(np.int16)
        noisy += self._stretch(self._grey_pool, noisy.shape)
        return np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)

    def spoil_depth(self, depth: np.ndarray) -> np.ndarray:
        """Noisy copy of depths (h, w) float32 [m] with lost pixels as NaN.

        The axial error grows with the square of the distance, as the disparity of a stereo pair is what is
        measured; pixels at jumps in depth see two surfaces and often give nothing.
        """
        settings = self._depth
        lost = (depth < settings.near) | (depth > settings.far)
        if self._noise > 0:
            square = depth * depth
            square *= self._stretch(self._pool, depth.shape)
            square *= np.float32(settings.noise * self._noise)
            measured = depth + square
            chance = self._stretch(self._chance_pool, depth.shape)
            lost |= chance < settings.loss * self._noise
            lost |= self._edges(depth) & (chance < settings.edge_loss)
        else:
            measured = depth.copy()
        measured /= np.float32(settings.quantum)
        np.rint(measured, out=measured)
        measured *= np.float32(settings.quantum)
        measured[lost] = np.nan
        return measured

    def _edges(self, depth: np.ndarray) -> np.ndarray:
        """Pixels whose neighbours differ by more than the allowed jump, (h, w) bool."""
        kernel = np.ones((3, 3), np.uint8)
        spread = cv2.dilate(depth, kernel)
        spread -= cv2.erode(depth, kernel)
        return spread > depth * np.float32(self._depth.edge_jump)

    def _stretch(self, pool: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        size = int(np.prod(shape))
        start = int(self._random.integers(0, len(pool) - size))
        return pool[start:start + size].reshape(shape)
