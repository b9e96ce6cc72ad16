# SPDX-License-Identifier: Apache-2.0
"""The frame codec once more, in Python, to hold the C library against."""

from __future__ import annotations

import math
import struct

from humanoid_control.drivers.codec import REASONS
from humanoid_control.drivers.errors import CodecError
from humanoid_control.drivers.frame import FLAG_EXTENDED, ID_MASK, Frame
from humanoid_control.drivers.messages import BROADCAST, Control, Envelope, Feedback, Field, MessageType, Ranges

_STEPS = 65535


class CodecTwin:
    """Same methods, frames and errors as `Codec`; see c/can_codec.h for the wire form."""

    def get_id(self, host: int, motor: int) -> Frame:
        return self._frame(MessageType.GET_ID, _byte(host), _byte(motor))

    def control(self, ranges: Ranges, motor: int, control: Control) -> tuple[Frame, Field]:
        _byte(motor)
        _check_ranges(ranges)
        _check_finite(control.position, control.velocity, control.torque, control.kp, control.kd)
        torque, out = _quantise(control.torque, -ranges.torque, ranges.torque, Field.TORQUE)
        words = []
        for value, low, high, field in (
            (control.position, -ranges.position, ranges.position, Field.POSITION),
            (control.velocity, -ranges.velocity, ranges.velocity, Field.VELOCITY),
            (control.kp, 0.0, ranges.kp, Field.KP),
            (control.kd, 0.0, ranges.kd, Field.KD),
        ):
            step, beyond = _quantise(value, low, high, field)
            words.append(step)
            out |= beyond
        return self._frame(MessageType.CONTROL, torque, motor, struct.pack('>4H', *words)), out

    def enable(self, host: int, motor: int) -> Frame:
        return self._frame(MessageType.ENABLE, _byte(host), _byte(motor))

    def stop(self, host: int, motor: int, clear_fault: bool = False) -> Frame:
        return self._frame(MessageType.STOP, _byte(host), _byte(motor), bytes([clear_fault]))

    def set_zero(self, host: int, motor: int) -> Frame:
        return self._frame(MessageType.SET_ZERO, _byte(host), _byte(motor), b'\x01')

    def set_id(self, host: int, motor: int, new_motor: int) -> Frame:
        return self._frame(MessageType.SET_ID, _byte(new_motor) << 8 | _byte(host), _byte(motor))

    def read_parameter(self, host: int, motor: int, index: int) -> Frame:
        return self._parameter(MessageType.READ_PARAMETER, host, motor, index, 0)

    def write_parameter(self, host: int, motor: int, index: int, raw: int) -> Frame:
        return self._parameter(MessageType.WRITE_PARAMETER, host, motor, index, raw)

    def active_report(self, host: int, motor: int, on: bool) -> Frame:
        return self._frame(MessageType.ACTIVE_REPORT, _byte(host), _byte(motor), bytes([1, 2, 3, 4, 5, 6, on]))

    def identity(self, motor: int, uid: int) -> Frame:
        return self._frame(MessageType.GET_ID, _byte(motor), BROADCAST, struct.pack('<Q', uid))

    def feedback(self, ranges: Ranges, feedback: Feedback) -> tuple[Frame, Field]:
        _byte(feedback.motor)
        _byte(feedback.host)
        if not 0 <= feedback.faults < 64 or not 0 <= feedback.mode < 4:
            raise CodecError(f'feedback: {REASONS[-2]}')
        _check_ranges(ranges)
        _check_finite(feedback.position, feedback.velocity, feedback.torque, feedback.temperature)
        words, out = [], Field(0)
        for value, limit, field in (
            (feedback.position, ranges.position, Field.POSITION),
            (feedback.velocity, ranges.velocity, Field.VELOCITY),
            (feedback.torque, ranges.torque, Field.TORQUE),
        ):
            step, beyond = _quantise(value, -limit, limit, field)
            words.append(step)
            out |= beyond
        scaled = feedback.temperature * 10.0
        tenths = math.copysign(math.floor(abs(scaled) + 0.5), scaled) if abs(scaled) < 1e9 else scaled
        if not -32768 <= tenths <= 32767:
            out |= Field.TEMPERATURE
            tenths = -32768 if tenths < 0 else 32767
        data2 = feedback.mode << 14 | feedback.faults << 8 | feedback.motor
        return self._frame(MessageType.FEEDBACK, data2, feedback.host, struct.pack('>3Hh', *words, int(tenths))), out

    def parameter(self, host: int, motor: int, index: int, raw: int) -> Frame:
        return self._parameter(MessageType.READ_PARAMETER, motor, host, index, raw)

    def fault(self, host: int, motor: int, fault: int, warning: int) -> Frame:
        return self._frame(MessageType.FAULT, _byte(motor), _byte(host), struct.pack('<2I', fault, warning))

    def decode_envelope(self, frame: Frame) -> Envelope:
        if frame.id & ~ID_MASK != FLAG_EXTENDED:
            raise CodecError(f'{frame}: {REASONS[-4]}')
        if frame.length != 8:
            raise CodecError(f'{frame}: {REASONS[-5]}')
        kind = frame.id >> 24 & 0x1F
        if kind not in MessageType.__members__.values():
            raise CodecError(f'{frame}: {REASONS[-6]}')
        return Envelope(kind, frame.id >> 8 & 0xFFFF, frame.id & 0xFF)

    def decode_control(self, ranges: Ranges, frame: Frame) -> Control:
        envelope = self._expect(frame, MessageType.CONTROL)
        _check_ranges(ranges)
        position, velocity, kp, kd = struct.unpack('>4H', frame.payload)
        return Control(
            _restore(position, -ranges.position, ranges.position),
            _restore(velocity, -ranges.velocity, ranges.velocity),
            _restore(envelope.data2, -ranges.torque, ranges.torque),
            _restore(kp, 0.0, ranges.kp),
            _restore(kd, 0.0, ranges.kd),
        )

    def decode_feedback(self, ranges: Ranges, frame: Frame) -> Feedback:
        envelope = self._expect(frame, MessageType.FEEDBACK)
        _check_ranges(ranges)
        position, velocity, torque, tenths = struct.unpack('>3Hh', frame.payload)
        return Feedback(
            envelope.data2 & 0xFF,
            envelope.destination,
            envelope.data2 >> 8 & 0x3F,
            envelope.data2 >> 14,
            _restore(position, -ranges.position, ranges.position),
            _restore(velocity, -ranges.velocity, ranges.velocity),
            _restore(torque, -ranges.torque, ranges.torque),
            tenths / 10.0,
        )

    def decode_identity(self, frame: Frame) -> tuple[int, int]:
        envelope = self._expect(frame, MessageType.GET_ID)
        if envelope.destination != BROADCAST:
            raise CodecError(f'{frame}: {REASONS[-7]}')
        if envelope.data2 > 0xFF:
            raise CodecError(f'{frame}: {REASONS[-2]}')
        return envelope.data2, struct.unpack('<Q', frame.payload)[0]

    def decode_parameter(self, frame: Frame) -> tuple[int, int]:
        if self.decode_envelope(frame).type not in (MessageType.READ_PARAMETER, MessageType.WRITE_PARAMETER):
            raise CodecError(f'{frame}: {REASONS[-7]}')
        index, _, raw = struct.unpack('<HHI', frame.payload)
        return index, raw

    def decode_fault(self, frame: Frame) -> tuple[int, int]:
        self._expect(frame, MessageType.FAULT)
        return struct.unpack('<2I', frame.payload)

    def _expect(self, frame: Frame, kind: MessageType) -> Envelope:
        envelope = self.decode_envelope(frame)
        if envelope.type != kind:
            raise CodecError(f'{frame}: {REASONS[-7]}')
        return envelope

    def _parameter(self, kind: MessageType, data2: int, destination: int, index: int, raw: int) -> Frame:
        if not 0 <= index <= 0xFFFF:
            raise CodecError(f'parameter {index}: {REASONS[-2]}')
        return self._frame(kind, _byte(data2), _byte(destination), struct.pack('<HHI', index, 0, raw))

    @staticmethod
    def _frame(kind: MessageType, data2: int, destination: int, data: bytes = b'') -> Frame:
        return Frame.of(kind << 24 | data2 << 8 | destination, data.ljust(8, b'\x00'))


def _byte(value: int) -> int:
    if not 0 <= value <= 0xFF:
        raise CodecError(f'{value}: {REASONS[-2]}')
    return value


def _check_ranges(ranges: Ranges) -> None:
    for value in (ranges.position, ranges.velocity, ranges.torque, ranges.kp, ranges.kd):
        if not 0 < value < math.inf:
            raise CodecError(f'{ranges}: {REASONS[-3]}')


def _check_finite(*values: float) -> None:
    if not all(map(math.isfinite, values)):
        raise CodecError(f'{values}: {REASONS[-1]}')


def _quantise(value: float, low: float, high: float, field: Field) -> tuple[int, Field]:
    if value < low:
        return 0, field
    if value > high:
        return _STEPS, field
    return int((value - low) / (high - low) * _STEPS + 0.5), Field(0)


def _restore(step: int, low: float, high: float) -> float:
    return high if step == _STEPS else low + step * (high - low) / _STEPS
