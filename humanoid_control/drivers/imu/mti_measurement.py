# SPDX-License-Identifier: Apache-2.0
"""What an Xsens MTi measures, in the data of its message MTData2."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from humanoid_control.drivers.imu.errors import MeasurementError

# data identifiers without their format (MT0101P 2019.C, "MTData2")
PACKET_COUNTER, ACCELERATION, RATE_OF_TURN, STATUS_WORD = 0x1020, 0x4020, 0x8020, 0xE020
_FORMAT = 0x000F  # precision and axes; 0: float32 in the sensor's own axes
_CLIPPED = 0x3F00  # bits 8 to 13 of the status word: accelerations x, y, z, rates x, y, z
MOST_ACCELERATION = 200.0  # [m/s^2]; the widest range on sale is 20 g
MOST_RATE = 40.0  # [rad/s]; 2000 deg/s
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class MtiMeasurement:
    """One sample.

    Attributes:
        rate: angular velocity [rad/s] in the sensor's axes.
        acceleration: specific force [m/s^2] in the sensor's axes.
        counter: number of the sample modulo 65536; None when it isn't told.
        clipped: a value is at the end of the sensor's range.
    """

    rate: Vector
    acceleration: Vector
    counter: int | None = None
    clipped: bool = False

    @classmethod
    def decode(cls, data: bytes) -> MtiMeasurement:
        """Sample from the data of MTData2; unknown packets are passed over, as the protocol wants it.

        Raises MeasurementError when data are cut, a packet has another size or format than was set up, rates or
        accelerations are missing, not finite or beyond any sensor.
        """
        packets = _packets(data)
        return cls(
            _vector('rate of turn', packets.get(RATE_OF_TURN), MOST_RATE),
            _vector('acceleration', packets.get(ACCELERATION), MOST_ACCELERATION),
            _number('packet counter', packets.get(PACKET_COUNTER), '>H'),
            bool((_number('status word', packets.get(STATUS_WORD), '>I') or 0) & _CLIPPED),
        )

    def encode(self) -> bytes:
        """Data of MTData2, as the sensor sends them."""
        packets = [
            (PACKET_COUNTER, b'' if self.counter is None else struct.pack('>H', self.counter)),
            (ACCELERATION, struct.pack('>3f', *self.acceleration)),
            (RATE_OF_TURN, struct.pack('>3f', *self.rate)),
            (STATUS_WORD, struct.pack('>I', _CLIPPED if self.clipped else 0)),
        ]
        return b''.join(struct.pack('>HB', key, len(value)) + value for key, value in packets if value)


def output_configuration(rate: int) -> bytes:
    """Data of SetOutputConfiguration for what `decode` needs, at `rate` [Hz]."""
    # counter and status come with every sample: 0xFFFF
    wanted = ((PACKET_COUNTER, 0xFFFF), (ACCELERATION, rate), (RATE_OF_TURN, rate), (STATUS_WORD, 0xFFFF))
    return b''.join(struct.pack('>HH', *pair) for pair in wanted)


def _packets(data: bytes) -> dict[int, bytes]:
    packets: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        if at + 3 > len(data):
            raise MeasurementError(f'MTData2: {len(data) - at} bytes are left over')
        key, size = struct.unpack_from('>HB', data, at)
        at += 3
        if at + size > len(data):
            raise MeasurementError(f'MTData2: packet {key:#06x} has {len(data) - at} of its {size} bytes')
        packets[key] = data[at : at + size]
        at += size
    for key in packets:
        if key & _FORMAT and key & ~_FORMAT in (ACCELERATION, RATE_OF_TURN):
            raise MeasurementError(f'MTData2: packet {key:#06x} is not in single precision and the axes of the sensor')
    return packets


def _vector(name: str, value: bytes | None, most: float) -> Vector:
    if value is None or len(value) != 12:
        raise MeasurementError(f'{name}: expected 12 bytes, got {"none" if value is None else len(value)}')
    vector = struct.unpack('>3f', value)
    if not all(math.isfinite(x) and abs(x) <= most for x in vector):
        raise MeasurementError(f'{name}: expected at most {most:g}, got {", ".join(f"{x:g}" for x in vector)}')
    return vector


def _number(name: str, value: bytes | None, form: str) -> int | None:
    if value is None:
        return None
    if len(value) != struct.calcsize(form):
        raise MeasurementError(f'{name}: expected {struct.calcsize(form)} bytes, got {len(value)}')
    return struct.unpack(form, value)[0]
