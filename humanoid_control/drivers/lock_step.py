# SPDX-License-Identifier: Apache-2.0
"""The thread of time between an emulation and the driver: who may go on when.

The driver says `done` when the frames of its tick are on the buses; the emulation takes them, lets 2 ms pass and says
`tick` with the new time and the readings of the sensors that hang on no bus. Replies to a tick's frames lie in the
driver's sockets when `tick` arrives, for they were sent before it.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

from humanoid_control.drivers.errors import LinkError

VERSION = 1
SOCKET_NAME = 'lockstep'
_HEAD = struct.Struct('<4sIqq')  # magic, version, tick, time [ns]
_DONE, _TICK = b'HADN', b'HATK'


class Tick(NamedTuple):
    """Number of a tick, its simulated time [ns], and the sensors' values."""

    number: int
    time_ns: int
    sensors: np.ndarray


def pack_done(number: int) -> bytes:
    """The driver's frames of a tick are sent."""
    return _HEAD.pack(_DONE, VERSION, number, 0)


def pack_tick(tick: Tick) -> bytes:
    """A tick begins."""
    return _HEAD.pack(_TICK, VERSION, tick.number, tick.time_ns) + np.ascontiguousarray(tick.sensors, '<f8').tobytes()


def unpack_done(message: bytes) -> int:
    """Number of the tick that is done; LinkError for anything else."""
    return _unpack_head(message, _DONE)[0]


def unpack_tick(message: bytes) -> Tick:
    """The tick; LinkError for anything else."""
    number, time_ns = _unpack_head(message, _TICK)
    return Tick(number, time_ns, np.frombuffer(message, '<f8', offset=_HEAD.size))


def _unpack_head(message: bytes, magic: bytes) -> tuple[int, int]:
    if len(message) < _HEAD.size or (len(message) - _HEAD.size) % 8:
        raise LinkError(f'lock-step: message of {len(message)} bytes makes no sense')
    found, version, number, time_ns = _HEAD.unpack_from(message)
    if found != magic:
        raise LinkError(f'lock-step: expected {magic.decode()}, got {found!r}')
    if version != VERSION:
        raise LinkError(f'lock-step: the other end speaks version {version}, this one {VERSION}')
    return number, time_ns
