# SPDX-License-Identifier: Apache-2.0
"""sensor_msgs/JointState to and from its wire form without building message objects.

A JointState of fixed names always has the same bytes around its numbers, so one template is enough: packing
writes numbers into it, unpacking checks the names once and then reads views. The wire form is plain CDR
(OMG DDS-XTypes 1.3, section 7.4.3.4 [XCDR1], little endian): 4 bytes of encapsulation, then the fields, each
aligned to its size counted from the fifth byte. Padding is zero here and may be anything in messages of other
writers, which therefore take the slower road of reading every name.
"""
from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from humanoid_control.model.errors import HumanoidError

ENCAPSULATION = b'\x00\x01\x00\x00'


class MessageLayoutError(HumanoidError):
    """A JointState doesn't carry the names or sizes that were agreed."""


class JointStateCodec:
    """Fixed-name JointState codec.

    Attributes:
        names: joint names in message order.
        position, velocity, effort: float64 views (n,) of the outgoing template; `pack` copies them out.
    """

    def __init__(self, names: Sequence[str], frame_id: str = ''):
        self.names = tuple(names)
        buffer = bytearray(ENCAPSULATION + bytes(8))
        self._append_string(buffer, frame_id)
        self._align(buffer, 4)
        self._names_start = len(buffer)
        buffer += struct.pack('<I', len(self.names))
        for name in self.names:
            self._align(buffer, 4)
            self._append_string(buffer, name)
        self._names_end = len(buffer)
        offsets = []
        for _ in range(3):
            self._align(buffer, 4)
            buffer += struct.pack('<I', len(self.names))
            self._align(buffer, 8)
            offsets.append(len(buffer))
            buffer += bytes(8 * len(self.names))
        self._buffer = buffer
        self._offsets = offsets
        self._names_bytes = bytes(buffer[self._names_start:self._names_end])
        self.position, self.velocity, self.effort = (
            np.frombuffer(buffer, '<f8', len(self.names), offset) for offset in offsets)

    def pack(self, stamp_ns: int) -> bytes:
        """Wire form of the values now in `position`, `velocity`, `effort`, stamped [ns]."""
        struct.pack_into('<iI', self._buffer, 4, stamp_ns // 1_000_000_000, stamp_ns % 1_000_000_000)
        return bytes(self._buffer)

    def unpack(self, message: bytes) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
        """Stamp [ns] and read-only views of position, velocity and effort, each (n,).

        The frame_id may be any. Raises MessageLayoutError that says which name or size differs.
        """
        if len(message) < 16 or message[:4] != ENCAPSULATION:
            raise MessageLayoutError('not a little-endian CDR JointState')
        seconds, nanoseconds = struct.unpack_from('<iI', message, 4)
        if (len(message) == len(self._buffer)
                and message[self._names_start:self._names_end] == self._names_bytes):
            offsets = self._offsets
        else:
            offsets = self._locate(message)
        count = len(self.names)
        position, velocity, effort = (np.frombuffer(message, '<f8', count, offset) for offset in offsets)
        return seconds * 1_000_000_000 + nanoseconds, position, velocity, effort

    def _locate(self, message: bytes) -> list[int]:
        """Offsets of the three arrays in a message with another frame_id; checks names and sizes."""
        try:
            offset = 12
            (length,) = struct.unpack_from('<I', message, offset)
            offset = self._aligned(offset + 4 + length, 4)
            (count,) = struct.unpack_from('<I', message, offset)
            offset += 4
            names = []
            for _ in range(count):
                offset = self._aligned(offset, 4)
                (length,) = struct.unpack_from('<I', message, offset)
                names.append(message[offset + 4:offset + 3 + length].decode())
                offset += 4 + length
            self._check_names(names)
            offsets = []
            for field in ('position', 'velocity', 'effort'):
                offset = self._aligned(offset, 4)
                (size,) = struct.unpack_from('<I', message, offset)
                if size != count:
                    raise MessageLayoutError(f'{field} has {size} values, expected {count}')
                offset = self._aligned(offset + 4, 8)
                offsets.append(offset)
                offset += 8 * size
        except (struct.error, UnicodeDecodeError) as error:
            raise MessageLayoutError(f'JointState is cut short or garbled: {error}') from error
        if offset > len(message):
            raise MessageLayoutError(f'JointState is cut short: {len(message)} bytes, expected {offset}')
        return offsets

    def _check_names(self, names: list[str]) -> None:
        if tuple(names) == self.names:
            return
        missing = [n for n in self.names if n not in names]
        unknown = [n for n in names if n not in self.names]
        raise MessageLayoutError(
            f'JointState names differ from the agreed ones: missing {missing[:3]}, unknown {unknown[:3]}, '
            f'{len(names)} given, {len(self.names)} expected' + ('' if missing or unknown else ', order differs'))

    @staticmethod
    def _aligned(offset: int, size: int) -> int:
        return offset + (-(offset - 4)) % size

    @classmethod
    def _align(cls, buffer: bytearray, size: int) -> None:
        buffer += bytes(cls._aligned(len(buffer), size) - len(buffer))

    @classmethod
    def _append_string(cls, buffer: bytearray, text: str) -> None:
        encoded = text.encode() + b'\x00'
        buffer += struct.pack('<I', len(encoded)) + encoded
