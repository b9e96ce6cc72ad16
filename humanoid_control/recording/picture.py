# SPDX-License-Identifier: Apache-2.0
"""Pictures of cameras, made small enough to be kept."""

from __future__ import annotations

import struct

import cv2
import numpy as np

from humanoid_control.recording.cdr import CdrReader
from humanoid_control.recording.errors import RecordingError

TYPE = 'sensor_msgs/msg/Image'
COMPRESSED_TYPE = 'sensor_msgs/msg/CompressedImage'
# JPEG is coded from blue, green, red; grey as it is
CONVERSION = {'rgb8': cv2.COLOR_RGB2BGR, 'bgr8': None, 'mono8': None}
STAMP = slice(4, 12)  # of header.stamp in the wire form of both types


def as_jpeg(message: bytes, quality: int) -> bytes:
    """A sensor_msgs/Image as a sensor_msgs/CompressedImage, both in wire form.

    Raises RecordingError that names what of the picture is not supported.
    """
    reader = CdrReader(message)
    reader.skip(8)
    frame = reader.text()
    height, width = reader.word(), reader.word()
    encoding = reader.text()
    reader.skip(1)  # is_bigendian: bytes have no order
    step, data = reader.word(), reader.octets()
    if encoding not in CONVERSION:
        raise RecordingError(f'picture of encoding {encoding!r}; expected one of {", ".join(CONVERSION)}')
    channels = 1 if encoding == 'mono8' else 3
    if step < width * channels or len(data) != height * step or not height * width:
        raise RecordingError(f'picture of {width} x {height}, {step} bytes a row, has {len(data)} bytes')
    rows = np.frombuffer(data, np.uint8).reshape(height, step)[:, : width * channels]
    pixels = rows.reshape(height, width, channels)
    if CONVERSION[encoding] is not None:
        pixels = cv2.cvtColor(pixels, CONVERSION[encoding])
    done, jpeg = cv2.imencode('.jpg', np.ascontiguousarray(pixels), (cv2.IMWRITE_JPEG_QUALITY, quality))
    if not done:
        raise RecordingError(f'picture of {width} x {height} could not be coded')
    coded = b'bgr8' if channels == 3 else b'mono8'
    buffer = bytearray(message[:4] + message[STAMP])
    for text in (frame.encode(), encoding.encode() + b'; jpeg compressed ' + coded):
        _append(buffer, text + b'\x00')
    _append(buffer, jpeg.tobytes())
    return bytes(buffer)


def _append(buffer: bytearray, data: bytes) -> None:
    """A sequence or string: aligned length, then the bytes."""
    buffer += bytes((4 - len(buffer)) % 4)
    buffer += struct.pack('<I', len(data)) + data
