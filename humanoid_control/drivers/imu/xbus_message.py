# SPDX-License-Identifier: Apache-2.0
"""A message of the Xbus protocol of Xsens MTi sensors."""

from __future__ import annotations

import enum
import struct
from typing import NamedTuple

from humanoid_control.drivers.imu.errors import MeasurementError

PREAMBLE = 0xFA
BUS_ID = 0xFF
EXTENDED = 0xFF  # in place of the length: two bytes with it follow
LONGEST = 512  # [bytes] of data that are waited for; what is set up here needs 49


class MessageId(enum.IntEnum):
    """Messages in use ("MT Low Level Communication Protocol Documentation", MT0101P 2019.C)."""

    GO_TO_MEASUREMENT = 0x10
    GO_TO_CONFIG = 0x30
    GO_TO_CONFIG_ACK = 0x31
    MT_DATA2 = 0x36
    WAKE_UP = 0x3E
    ERROR = 0x42
    SET_OUTPUT_CONFIGURATION = 0xC0
    SET_OUTPUT_CONFIGURATION_ACK = 0xC1


class XbusMessage(NamedTuple):
    """Identifier, one of MessageId or any other byte, and data."""

    id: int
    data: bytes = b''

    def pack(self) -> bytes:
        """Bytes on the wire: preamble, bus, identifier, length, data, checksum. Without the preamble they add up to 0.

        Raises MeasurementError for more than LONGEST bytes of data.
        """
        size = len(self.data)
        if size > LONGEST:
            raise MeasurementError(f'xbus message: expected at most {LONGEST} bytes of data, got {size}')
        length = bytes([size]) if size < EXTENDED else struct.pack('>BH', EXTENDED, size)
        body = bytes([BUS_ID, self.id]) + length + self.data
        return bytes([PREAMBLE]) + body + bytes([-sum(body) & 0xFF])
