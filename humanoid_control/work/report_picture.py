# SPDX-License-Identifier: Apache-2.0
"""Pictures of the station for the report, from the head camera."""
from __future__ import annotations

import cv2
import numpy as np


def side_pictures(data, width: int, height: int) -> dict[str, bytes]:
    """PNG of the left and of the right half of an rgb8 image, by station side.

    The head camera looks forward, so the robot's left is the left half.

    Raises ValueError when the data isn't height * width * 3 bytes.
    """
    pixels = np.frombuffer(data, np.uint8)
    if pixels.size != width * height * 3:
        raise ValueError(f'image of {width} x {height} rgb8 needs {width * height * 3} bytes, got {pixels.size}')
    image = cv2.cvtColor(pixels.reshape(height, width, 3), cv2.COLOR_RGB2BGR)
    halves = {'left': image[:, :width // 2], 'right': image[:, width // 2:]}
    return {side: cv2.imencode('.png', half)[1].tobytes() for side, half in halves.items()}
