# SPDX-License-Identifier: Apache-2.0
"""Fields of messages in their wire form: plain CDR, little endian (OMG DDS-XTypes 1.3, 7.4.3.4, XCDR1)."""

from __future__ import annotations

import struct

from humanoid_control.recording.errors import RecordingError

ENCAPSULATION = b'\x00\x01\x00\x00'
STAMP = struct.Struct('<iI')
SECOND = 1_000_000_000  # [ns]


def header_stamp(message: bytes) -> int:
    """Stamp [ns] of a message that begins with std_msgs/Header.

    Raises RecordingError if the message is too short.
    """
    if len(message) < len(ENCAPSULATION) + STAMP.size:
        raise RecordingError(f'a message of {len(message)} bytes holds no header')
    seconds, nanoseconds = STAMP.unpack_from(message, len(ENCAPSULATION))
    return seconds * SECOND + nanoseconds


class CdrReader:
    """Reads field after field; each is aligned to its size, counted from behind the encapsulation."""

    def __init__(self, message: bytes):
        """Raises RecordingError if the message is not little-endian CDR."""
        if message[:4] != ENCAPSULATION:
            raise RecordingError(f'not a little-endian CDR message: it begins with {message[:4]!r}')
        self._message = memoryview(message)[4:]
        self._position = 0

    def skip(self, size: int) -> None:
        """Leave out bytes."""
        self._position += size

    def word(self) -> int:
        """An uint32. Raises RecordingError at the end of the message."""
        self._position += -self._position % 4
        return int.from_bytes(self._take(4), 'little')

    def text(self) -> str:
        """A string. Raises RecordingError at the end of the message."""
        return bytes(self._take(self.word()))[:-1].decode()

    def octets(self) -> memoryview:
        """A sequence of uint8. Raises RecordingError at the end of the message."""
        return self._take(self.word())

    def _take(self, size: int) -> memoryview:
        end = self._position + size
        if end > len(self._message):
            raise RecordingError(f'message ends after {len(self._message)} of at least {end} bytes')
        taken = self._message[self._position : end]
        self._position = end
        return taken
