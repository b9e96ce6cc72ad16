# SPDX-License-Identifier: Apache-2.0
"""Outgoing ROS messages as byte templates: only what changes is written, nothing is built field by field.

The wire form is plain CDR (OMG DDS-XTypes 1.3, 7.4.3.4, XCDR1), little endian: four bytes of encapsulation, then
the fields in order, each aligned to its size counted from the fifth byte.
"""
from __future__ import annotations

import struct

import numpy as np

ENCAPSULATION = b'\x00\x01\x00\x00'
_SECOND = 1_000_000_000


class HeaderTemplate:
    """Bytes of a message that begins with std_msgs/Header; subclasses append their fields."""

    def __init__(self, frame_id: str):
        self._buffer = bytearray(ENCAPSULATION + bytes(8))
        self._append_string(frame_id)

    def pack(self, stamp_ns: int) -> bytes:
        """The message, stamped [ns]."""
        struct.pack_into('<iI', self._buffer, 4, stamp_ns // _SECOND, stamp_ns % _SECOND)
        return bytes(self._buffer)

    def _align(self, size: int) -> None:
        self._buffer += bytes((4 - len(self._buffer)) % size)

    def _append_string(self, text: str) -> None:
        self._append_words(len(text.encode()) + 1)
        self._buffer += text.encode() + b'\x00'

    def _append_words(self, *words: int) -> None:
        self._align(4)
        self._buffer += struct.pack(f'<{len(words)}I', *words)

    def _append_doubles(self, count: int) -> slice:
        self._align(8)
        start = len(self._buffer)
        self._buffer += bytes(8 * count)
        return slice(start, start + 8 * count)


class StampedDoubles(HeaderTemplate):
    """A header and then doubles only: geometry_msgs/WrenchStamped (6), sensor_msgs/Imu (37) and their like.

    Attributes:
        values: float64 view (count,) of what the next `pack` sends.
    """

    def __init__(self, frame_id: str, count: int):
        super().__init__(frame_id)
        place = self._append_doubles(count)
        self.values = np.frombuffer(self._buffer, '<f8', count, place.start)


class ClockTemplate(HeaderTemplate):
    """rosgraph_msgs/Clock."""

    def __init__(self) -> None:
        self._buffer = bytearray(ENCAPSULATION + bytes(8))


class DoubleArray(HeaderTemplate):
    """std_msgs/Float64MultiArray without dimensions; it has no header and `pack` takes no stamp.

    Attributes:
        values: float64 view (count,) of what the next `pack` sends.
    """

    def __init__(self, count: int):
        # no dimensions, offset 0, then the data
        self._buffer = bytearray(ENCAPSULATION)
        self._append_words(0, 0, count)
        place = self._append_doubles(count)
        self.values = np.frombuffer(self._buffer, '<f8', count, place.start)

    def pack(self, stamp_ns: int = 0) -> bytes:
        """The message."""
        return bytes(self._buffer)


class ImageTemplate(HeaderTemplate):
    """sensor_msgs/Image of one size and encoding."""

    def __init__(self, frame_id: str, height: int, width: int, encoding: str, pixel_bytes: int):
        super().__init__(frame_id)
        self._append_words(height, width)
        self._append_string(encoding)
        self._buffer += b'\x00'                   # is_bigendian
        self._append_words(width * pixel_bytes)   # step
        self._append_words(height * width * pixel_bytes)
        self._size = height * width * pixel_bytes

    def pack_pixels(self, stamp_ns: int, pixels: np.ndarray) -> bytes:
        """The message with these pixels, a C-contiguous array of the template's size in bytes.

        Raises ValueError when the size differs.
        """
        if pixels.nbytes != self._size or not pixels.flags.c_contiguous:
            raise ValueError(f'pixels: expected {self._size} contiguous bytes, got {pixels.nbytes}')
        return b''.join((self.pack(stamp_ns), pixels.data))


def read_stamp(message: bytes) -> int:
    """Stamp [ns] of a message that begins with a header; ValueError when it is too short or not little endian."""
    if len(message) < 12 or message[:2] != ENCAPSULATION[:2]:
        raise ValueError('not a little-endian CDR message with a header')
    seconds, nanoseconds = struct.unpack_from('<iI', message, 4)
    return seconds * _SECOND + nanoseconds


def read_header(message: bytes) -> tuple[int, str]:
    """Stamp [ns] and frame_id of a message that begins with a header; ValueError when it is too short or not little endian."""
    stamp = read_stamp(message)
    length = struct.unpack_from('<I', message, 12)[0] if len(message) >= 16 else 0
    if not 0 < length <= len(message) - 16:
        raise ValueError('a header whose frame_id is cut off')
    return stamp, message[16:15 + length].decode(errors='replace')


def read_double_array(message: bytes) -> np.ndarray:
    """Data of a std_msgs/Float64MultiArray without dimensions; ValueError when it is anything else."""
    if len(message) < 16 or message[:2] != ENCAPSULATION[:2]:
        raise ValueError('not a little-endian CDR Float64MultiArray')
    dimensions, _, count = struct.unpack_from('<III', message, 4)
    start = 4 + 16
    if dimensions != 0 or len(message) < start + 8 * count:
        raise ValueError('Float64MultiArray has dimensions or is cut short')
    return np.frombuffer(message, '<f8', count, start)
