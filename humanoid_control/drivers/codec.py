# SPDX-License-Identifier: Apache-2.0
"""Binding of the frame codec in C (c/can_codec.h)."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_int, c_int32, c_uint32, c_uint64

from humanoid_control.drivers.errors import CodecError
from humanoid_control.drivers.frame import Frame
from humanoid_control.drivers.messages import Control, Envelope, Feedback, Field, Ranges
from humanoid_control.native import load_library

REASONS = {
    -1: 'a value is not finite',
    -2: 'a motor or host number, fault or mode does not fit its bits',
    -3: 'a range of the actuator model is not a positive number',
    -4: 'not an extended data frame',
    -5: 'not eight bytes long',
    -6: 'no message of this protocol',
    -7: 'another message than expected',
}


class Codec:
    """Encodes and decodes every message of the actuators.

    Encoders that take physical values return the frame and the fields that had to be saturated. All raise
    CodecError: encoders for values that are not finite or addresses beyond a byte, decoders for frames that are
    not what was asked for. `CodecTwin` does the same in Python.
    """

    def __init__(self) -> None:
        """Raises NativeLibraryError when the C library isn't built."""
        self._library = load_library('drivers')
        pointer = ctypes.POINTER
        plain = [c_int, c_int]
        arguments = {
            'encode_get_id': plain,
            'encode_enable': plain,
            'encode_set_zero': plain,
            'encode_stop': [*plain, c_int],
            'encode_set_id': [*plain, c_int],
            'encode_active_report': [*plain, c_int],
            'encode_read_parameter': [*plain, c_int],
            'encode_write_parameter': [*plain, c_int, c_uint32],
            'encode_control': [pointer(Ranges), c_int, pointer(Control)],
            'encode_identity': [c_int, c_uint64],
            'encode_feedback': [pointer(Ranges), pointer(Feedback)],
            'encode_parameter': [*plain, c_int, c_uint32],
            'encode_fault': [*plain, c_uint32, c_uint32],
            'decode_envelope': [pointer(Frame)],
            'decode_control': [pointer(Ranges), pointer(Frame)],
            'decode_feedback': [pointer(Ranges), pointer(Frame)],
            'decode_identity': [pointer(Frame), pointer(c_int32)],
            'decode_parameter': [pointer(Frame), pointer(c_int32)],
            'decode_fault': [pointer(Frame), pointer(c_uint32)],
        }
        results = {
            'decode_envelope': Envelope,
            'decode_control': Control,
            'decode_feedback': Feedback,
            'decode_identity': c_uint64,
            'decode_parameter': c_uint32,
            'decode_fault': c_uint32,
        }
        for name, types in arguments.items():
            function = getattr(self._library, f'drv_{name}')
            function.argtypes = [*types, pointer(results.get(name, Frame))]
            function.restype = c_int

    def get_id(self, host: int, motor: int) -> Frame:
        """Ask a motor for its identity."""
        return self._plain('get_id', host, motor)

    def control(self, ranges: Ranges, motor: int, control: Control) -> tuple[Frame, Field]:
        """Command of one tick."""
        frame = Frame()
        return frame, Field(
            self._check('control', self._library.drv_encode_control(byref(ranges), motor, byref(control), byref(frame)))
        )

    def enable(self, host: int, motor: int) -> Frame:
        """Switch a motor on."""
        return self._plain('enable', host, motor)

    def stop(self, host: int, motor: int, clear_fault: bool = False) -> Frame:
        """Switch a motor off, limp; optionally clear its faults."""
        return self._plain('stop', host, motor, int(clear_fault))

    def set_zero(self, host: int, motor: int) -> Frame:
        """Make the present position the motor's zero."""
        return self._plain('set_zero', host, motor)

    def set_id(self, host: int, motor: int, new_motor: int) -> Frame:
        """Give a motor another number."""
        return self._plain('set_id', host, motor, new_motor)

    def read_parameter(self, host: int, motor: int, index: int) -> Frame:
        """Ask for a parameter."""
        return self._plain('read_parameter', host, motor, index)

    def write_parameter(self, host: int, motor: int, index: int, raw: int) -> Frame:
        """Write the four bytes of a parameter, given as u32."""
        return self._plain('write_parameter', host, motor, index, raw)

    def active_report(self, host: int, motor: int, on: bool) -> Frame:
        """Let a RobStride motor report by itself, or stop that."""
        return self._plain('active_report', host, motor, int(on))

    def identity(self, motor: int, uid: int) -> Frame:
        """Reply of a motor to get_id."""
        return self._plain('identity', motor, uid)

    def feedback(self, ranges: Ranges, feedback: Feedback) -> tuple[Frame, Field]:
        """State of a motor, its reply to most messages."""
        frame = Frame()
        return frame, Field(
            self._check('feedback', self._library.drv_encode_feedback(byref(ranges), byref(feedback), byref(frame)))
        )

    def parameter(self, host: int, motor: int, index: int, raw: int) -> Frame:
        """Reply of a motor to read_parameter."""
        return self._plain('parameter', host, motor, index, raw)

    def fault(self, host: int, motor: int, fault: int, warning: int) -> Frame:
        """Fault report of a motor."""
        return self._plain('fault', host, motor, fault, warning)

    def decode_envelope(self, frame: Frame) -> Envelope:
        """Type, data 2 and destination of any frame of the protocol."""
        envelope = Envelope()
        self._check(str(frame), self._library.drv_decode_envelope(byref(frame), byref(envelope)))
        return envelope

    def decode_control(self, ranges: Ranges, frame: Frame) -> Control:
        """Command in a control frame."""
        control = Control()
        self._check(str(frame), self._library.drv_decode_control(byref(ranges), byref(frame), byref(control)))
        return control

    def decode_feedback(self, ranges: Ranges, frame: Frame) -> Feedback:
        """State in a feedback frame."""
        feedback = Feedback()
        self._check(str(frame), self._library.drv_decode_feedback(byref(ranges), byref(frame), byref(feedback)))
        return feedback

    def decode_identity(self, frame: Frame) -> tuple[int, int]:
        """Motor number and 64-bit identity in a reply to get_id."""
        motor, uid = c_int32(), c_uint64()
        self._check(str(frame), self._library.drv_decode_identity(byref(frame), byref(motor), byref(uid)))
        return motor.value, uid.value

    def decode_parameter(self, frame: Frame) -> tuple[int, int]:
        """Index and raw u32 value in a frame that reads or writes a parameter."""
        index, raw = c_int32(), c_uint32()
        self._check(str(frame), self._library.drv_decode_parameter(byref(frame), byref(index), byref(raw)))
        return index.value, raw.value

    def decode_fault(self, frame: Frame) -> tuple[int, int]:
        """Fault and warning masks of a fault report."""
        fault, warning = c_uint32(), c_uint32()
        self._check(str(frame), self._library.drv_decode_fault(byref(frame), byref(fault), byref(warning)))
        return fault.value, warning.value

    def _plain(self, name: str, *arguments: int) -> Frame:
        frame = Frame()
        self._check(name, getattr(self._library, f'drv_encode_{name}')(*arguments, byref(frame)))
        return frame

    @staticmethod
    def _check(what: str, code: int) -> int:
        if code < 0:
            raise CodecError(f'{what}: {REASONS[code]}')
        return code
