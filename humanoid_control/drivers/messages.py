# SPDX-License-Identifier: Apache-2.0
"""What frames of the actuators mean; the C library's structures under their names."""

from __future__ import annotations

import ctypes
import enum

BROADCAST = 0xFE  # destination of replies to GET_ID
DEFAULT_HOST = 0xFD

FAULT_NAMES = ('under-voltage', 'over-current', 'over-temperature', 'encoder', 'Hall sensor or stall', 'uncalibrated')
MODE_NAMES = ('reset', 'calibration', 'run', 'mode 3')


class MessageType(enum.IntEnum):
    """Message types of RobStride and CyberGear actuators."""

    GET_ID = 0
    CONTROL = 1
    FEEDBACK = 2
    ENABLE = 3
    STOP = 4
    SET_ZERO = 6
    SET_ID = 7
    READ_PARAMETER = 17
    WRITE_PARAMETER = 18
    FAULT = 21
    ACTIVE_REPORT = 24


class Mode(enum.IntEnum):
    """Mode in feedback: RESET is limp."""

    RESET = 0
    CALIBRATION = 1
    RUN = 2


class Field(enum.IntFlag):
    """Fields that were out of range and saturated."""

    POSITION = 1
    VELOCITY = 2
    TORQUE = 4
    KP = 8
    KD = 16
    TEMPERATURE = 32


class _Values(ctypes.Structure):
    """Compared and printed by value."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and bytes(self) == bytes(other)

    def __repr__(self) -> str:
        return f'{type(self).__name__}({", ".join(f"{name}={getattr(self, name)!r}" for name, _ in self._fields_)})'


class Ranges(_Values):
    """Ranges of the wire form [rad, rad/s, N m, N m/rad, N m s/rad]: -range..range, gains 0..range."""

    _fields_ = [(name, ctypes.c_double) for name in ('position', 'velocity', 'torque', 'kp', 'kd')]


class Control(_Values):
    """The motor applies torque + kp (position - q) + kd (velocity - qd); [rad, rad/s, N m, N m/rad, N m s/rad]."""

    _fields_ = [(name, ctypes.c_double) for name in ('position', 'velocity', 'torque', 'kp', 'kd')]


class Feedback(_Values):
    """State of a motor at its output shaft [rad, rad/s, N m, deg C]; `faults` is a mask over FAULT_NAMES."""

    _fields_ = [(name, ctypes.c_int32) for name in ('motor', 'host', 'faults', 'mode')] + [
        (name, ctypes.c_double) for name in ('position', 'velocity', 'torque', 'temperature')
    ]


class Envelope(_Values):
    """Identifier of any frame, taken apart."""

    _fields_ = [(name, ctypes.c_int32) for name in ('type', 'data2', 'destination')]


def fault_text(faults: int) -> str:
    """Names of the bits of a type-2 fault mask, e.g. 'over-temperature, encoder'."""
    return ', '.join(name for bit, name in enumerate(FAULT_NAMES) if faults >> bit & 1) or 'none'
