# SPDX-License-Identifier: Apache-2.0
"""Parameters of the drives that this package uses, by name and index."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from humanoid_control.drivers.errors import CodecError


@dataclass(frozen=True)
class Parameter:
    """A parameter of the drive: name as in the makers' manuals, index, form (`u8`, `u32` or `float`), unit, meaning."""

    name: str
    index: int
    form: str
    unit: str
    meaning: str
    robstride_only: bool = False

    def to_raw(self, value: float) -> int:
        """The four bytes of a value as u32; CodecError when it doesn't fit the form."""
        if self.form == 'float':
            try:
                return struct.unpack('<I', struct.pack('<f', value))[0]
            except OverflowError as error:
                raise CodecError(f'parameter {self.name}: {value} does not fit a float') from error
        top = 0xFF if self.form == 'u8' else 0xFFFFFFFF
        if value != int(value) or not 0 <= value <= top:
            raise CodecError(f'parameter {self.name}: expected a whole number from 0 to {top}, got {value}')
        return int(value)

    def from_raw(self, raw: int) -> float | int:
        """Value of the four bytes read as u32."""
        if self.form == 'float':
            return struct.unpack('<f', struct.pack('<I', raw))[0]
        return raw & (0xFF if self.form == 'u8' else 0xFFFFFFFF)


RUN_MODE = Parameter('run_mode', 0x7005, 'u8', '', 'control law; 0: torque + kp, kd (operation)')
LIMIT_TORQUE = Parameter('limit_torque', 0x700B, 'float', 'N m', 'bound on the torque')
POSITION_TARGET = Parameter('loc_ref', 0x7016, 'float', 'rad', 'target of the position mode')
LIMIT_CURRENT = Parameter('limit_cur', 0x7018, 'float', 'A', 'bound on the current of the position and speed modes')
POSITION = Parameter('mechPos', 0x7019, 'float', 'rad', 'position of the output shaft')
VELOCITY = Parameter('mechVel', 0x701B, 'float', 'rad/s', 'velocity of the output shaft')
VOLTAGE = Parameter('VBUS', 0x701C, 'float', 'V', 'supply')
DRIVE_TIMEOUT = Parameter(
    'canTimeout', 0x7028, 'u32', '50 us', 'goes limp when the bus is silent for this long; 0: never', True
)

PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        RUN_MODE,
        LIMIT_TORQUE,
        POSITION_TARGET,
        LIMIT_CURRENT,
        POSITION,
        VELOCITY,
        VOLTAGE,
        DRIVE_TIMEOUT,
    )
}
READ_ONLY = frozenset({POSITION.name, VELOCITY.name, VOLTAGE.name})

TIMEOUT_STEPS = 20000  # of DRIVE_TIMEOUT in one second


def timeout_steps(seconds: float) -> int:
    """Value of DRIVE_TIMEOUT for a time [s]; at least 1, for 0 would switch it off."""
    return max(1, round(seconds * TIMEOUT_STEPS))
