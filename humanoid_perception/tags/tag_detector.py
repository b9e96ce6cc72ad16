# SPDX-License-Identifier: Apache-2.0
"""Corners of AprilTags in an image."""

from __future__ import annotations

import cv2
import numpy as np
import pyapriltags

# pyapriltags puts (0, 0) at the corner of the upper left pixel, this package at its centre
_PIXEL_CENTRE = 0.5


class TagDetector:
    """AprilTag detector of one family.

    quad_decimate 2 finds tags down to about 20 px, at a quarter of the time; edges are refined at full resolution.
    """

    def __init__(self, family: str = 'tag36h11', least_margin: float = 20.0) -> None:
        """Make the detector.

        Args:
            family: name of the tag family.
            least_margin: decision margin of the code's bits [0..255] below which a detection is dropped.
        """
        self._detector = pyapriltags.Detector(families=family, nthreads=1, quad_decimate=2.0)
        self._least_margin = least_margin

    def detect(self, image: np.ndarray) -> dict[int, np.ndarray]:
        """Return the corners (4, 2) [px] (lower left, lower right, upper right, upper left of the upright tag) by id.

        Args:
            image: (h, w) or (h, w, 3) rgb uint8.
        """
        grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        found: dict[int, np.ndarray] = {}
        repeated = set()
        for detection in self._detector.detect(np.ascontiguousarray(grey)):
            if detection.hamming > 1 or detection.decision_margin < self._least_margin:
                continue
            if detection.tag_id in found:
                repeated.add(detection.tag_id)  # the same tag twice: one is a reflection or another board
            found[detection.tag_id] = detection.corners - _PIXEL_CENTRE
        return {identity: corners for identity, corners in found.items() if identity not in repeated}
