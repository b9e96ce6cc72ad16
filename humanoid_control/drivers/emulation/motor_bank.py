# SPDX-License-Identifier: Apache-2.0
"""Binding of the emulated motors' electronics (c/motor_bank.h), one bank a bus."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, byref, c_double, c_int, c_int32, c_uint64

import numpy as np

from humanoid_control.drivers.frame import FRAME_SIZE, Frame
from humanoid_control.drivers.messages import DEFAULT_HOST, Control, Ranges
from humanoid_control.native import load_library

BATCH = 64
AMBIENT = 25.0  # [deg C]


class _Motor(ctypes.Structure):
    """struct drv_bank_motor."""

    _fields_ = (
        [('id', c_int32), ('host', c_int32), ('ranges', Ranges)]
        + [(name, c_double) for name in ('position', 'velocity', 'torque', 'temperature')]
        + [('command', Control)]
        + [(name, c_int32) for name in ('faults', 'mode', 'silent', 'heard', 'answers_as', 'reserved')]
    )


class _Bank(ctypes.Structure):
    """struct drv_bank."""

    _fields_ = [('random', c_uint64), ('loss', c_double), ('received', c_uint64), ('lost', c_uint64)]


class MotorBank:
    """Electronics of the motors of one bus.

    Attributes:
        motors: structured array over the motors with the fields of struct drv_bank_motor; writing it changes them.
        commands: view of position, velocity, torque, kp, kd of the last command, as rows (5, n).
    """

    def __init__(self, ids: Sequence[int], ranges: Sequence[Ranges], seed: int):
        self._library = load_library('drivers')
        frames, counts = POINTER(Frame), POINTER(c_int32)
        self._library.drv_bank_serve.argtypes = [
            POINTER(_Bank),
            POINTER(_Motor),
            c_int,
            c_int,
            frames,
            counts,
            frames,
            counts,
        ]
        self._library.drv_bank_serve.restype = c_int
        self._library.drv_bank_feedback.argtypes = [POINTER(_Motor), frames]
        self._library.drv_bank_feedback.restype = c_int
        self._library.drv_bank_loses.argtypes = [POINTER(_Bank)]
        self._library.drv_bank_loses.restype = c_int
        self._library.drv_port_send.argtypes = [c_int, frames, c_int]
        self._library.drv_port_send.restype = c_int
        self._motors = (_Motor * len(ids))()
        for motor, number, wire in zip(self._motors, ids, ranges):
            motor.id, motor.ranges, motor.host, motor.temperature = number, wire, DEFAULT_HOST, AMBIENT
        self.motors = np.ctypeslib.as_array(self._motors)
        begin = _Motor.command.offset // 8
        self.commands = self.motors.view('<f8').reshape(len(ids), -1)[:, begin : begin + len(Control._fields_)].T
        # xorshift must not start from 0; a spread-out seed avoids its slow start
        self._bank = _Bank((seed * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64 or 1, 0.0, 0, 0)
        self._replies, self._others = (Frame * BATCH)(), (Frame * BATCH)()
        self._reply_count, self._other_count = c_int32(), c_int32()

    @property
    def loss(self) -> float:
        """Share of frames lost, each way."""
        return self._bank.loss

    @loss.setter
    def loss(self, share: float) -> None:
        self._bank.loss = share

    @property
    def lost(self) -> int:
        """Frames lost so far."""
        return self._bank.lost

    @property
    def received(self) -> int:
        """Frames of the protocol heard so far."""
        return self._bank.received

    def serve(self, descriptor: int, listeners: Sequence[int]) -> tuple[bool, list[Frame]]:
        """Answer control frames that wait on `descriptor` to all `listeners`.

        Returns whether the other end is still there, and frames of other types.
        """
        code = self._library.drv_bank_serve(
            byref(self._bank),
            self._motors,
            len(self._motors),
            descriptor,
            self._replies,
            byref(self._reply_count),
            self._others,
            byref(self._other_count),
        )
        if self._reply_count.value:
            for listener in listeners:
                self._library.drv_port_send(listener, self._replies, self._reply_count.value)
        others = []
        if self._other_count.value:
            others = Frame.split(bytes(self._others)[: self._other_count.value * FRAME_SIZE])
        return code >= 0, others

    def feedback(self, index: int) -> Frame:
        """Feedback frame of a motor as it is now."""
        frame = Frame()
        self._library.drv_bank_feedback(byref(self._motors[index]), byref(frame))
        return frame

    def loses(self) -> bool:
        """Whether the next frame gets lost."""
        return bool(self._library.drv_bank_loses(byref(self._bank)))
