# SPDX-License-Identifier: Apache-2.0
"""sensor_msgs/Image fields to arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from humanoid_perception.errors import ImageFormatError

_CHANNELS = {'rgb8': 3, 'bgr8': 3, 'mono8': 1}
_MILLIMETRE = np.float32(0.001)


def decode_colour(image: Any, topic: str) -> np.ndarray:
    """Return the picture of a sensor_msgs/Image (or anything with its fields) as (h, w, 3) uint8 rgb.

    Raises ImageFormatError naming topic and encoding when it isn't rgb8, bgr8 or mono8, or too short.
    """
    if image.encoding not in _CHANNELS:
        raise ImageFormatError(f'{topic}: encoding is {image.encoding!r}, expected rgb8, bgr8 or mono8')
    channels = _CHANNELS[image.encoding]
    pixels = _rows(image, topic, np.dtype(np.uint8), channels).reshape(image.height, image.width, channels)
    if image.encoding == 'bgr8':
        pixels = pixels[..., ::-1]
    return np.ascontiguousarray(np.broadcast_to(pixels, (image.height, image.width, 3)))


def decode_depth(image: Any, topic: str) -> np.ndarray:
    """Return the depth of a sensor_msgs/Image as (h, w) float32 [m] from 32FC1 in metres or 16UC1 in mm (REP-118).

    Raises ImageFormatError naming topic and encoding for anything else.
    """
    order = '>' if image.is_bigendian else '<'
    if image.encoding == '32FC1':
        return np.ascontiguousarray(_rows(image, topic, np.dtype(order + 'f4'), 1), dtype=np.float32)
    if image.encoding == '16UC1':
        return _rows(image, topic, np.dtype(order + 'u2'), 1) * _MILLIMETRE
    raise ImageFormatError(f'{topic}: encoding is {image.encoding!r}, expected 32FC1 or 16UC1')


def _rows(image: Any, topic: str, kind: np.dtype, channels: int) -> np.ndarray:
    """Return the values (height, width * channels) without the padding of the rows."""
    width = image.width * channels * kind.itemsize
    raw = np.frombuffer(image.data, dtype=np.uint8)
    if image.step < width or raw.size < image.step * image.height or not image.height or not image.width:
        raise ImageFormatError(
            f'{topic}: {raw.size} bytes and step {image.step} are too few for {image.width} x {image.height} '
            f'pixels of {image.encoding}'
        )
    rows = raw[: image.step * image.height].reshape(image.height, image.step)[:, :width]
    return np.ascontiguousarray(rows).view(kind)
