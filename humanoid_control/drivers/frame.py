# SPDX-License-Identifier: Apache-2.0
"""One CAN frame as it travels: the sixteen bytes of Linux' struct can_frame."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

from humanoid_control.drivers.errors import CodecError

FRAME_SIZE = 16
FLAG_EXTENDED = 0x80000000
FLAG_REMOTE = 0x40000000
FLAG_ERROR = 0x20000000
ID_MASK = 0x1FFFFFFF


class Frame(ctypes.Structure):
    """Identifier with flags, number of data bytes, data; the C library's struct drv_frame."""

    _fields_ = [
        ('id', ctypes.c_uint32),
        ('length', ctypes.c_uint8),
        ('reserved', ctypes.c_uint8 * 3),
        ('data', ctypes.c_uint8 * 8),
    ]

    @classmethod
    def of(cls, identifier: int, data: bytes) -> Frame:
        """Extended data frame with a 29-bit `identifier` and up to eight bytes.

        Raises CodecError for more.
        """
        if not 0 <= identifier <= ID_MASK or len(data) > 8:
            raise CodecError(f'frame {identifier:#x} with {len(data)} bytes: expected 29 bits and at most 8 bytes')
        frame = cls(FLAG_EXTENDED | identifier, len(data))
        frame.data[: len(data)] = data
        return frame

    @classmethod
    def split(cls, raw: bytes) -> list[Frame]:
        """Whole frames in `raw`; what a decoder would refuse is kept."""
        return [cls.from_buffer_copy(raw, start) for start in range(0, len(raw) - FRAME_SIZE + 1, FRAME_SIZE)]

    @staticmethod
    def join(frames: Iterable[Frame]) -> bytes:
        """Bytes of `frames`, one after another."""
        return b''.join(bytes(frame) for frame in frames)

    @property
    def identifier(self) -> int:
        """Identifier without flags."""
        return self.id & ID_MASK

    @property
    def payload(self) -> bytes:
        """Data bytes."""
        return bytes(self.data[: min(self.length, 8)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and bytes(self) == bytes(other)

    def __hash__(self) -> int:
        return hash(bytes(self))

    def __str__(self) -> str:
        return f'{self.identifier:08X} {self.payload.hex().upper()}'

    __repr__ = __str__
