# SPDX-License-Identifier: Apache-2.0
"""Talking to single motors: question, answer, repetition. For set-up and tools, not for the exchange."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.errors import CodecError, MotorError
from humanoid_control.drivers.frame import Frame
from humanoid_control.drivers.messages import Control, Feedback, MessageType, Ranges
from humanoid_control.drivers.parameters import Parameter

_RELATIVE_TOLERANCE = 1e-5  # a float that was written reads back this close
_AT_ONCE = 8  # questions before the answers to them are read, so that no queue overflows


@dataclass(frozen=True)
class MotorAddress:
    """Where a motor hangs, with a name for messages."""

    name: str
    bus: Bus
    id: int

    def __str__(self) -> str:
        return f'motor {self.name!r} (number {self.id} on bus {self.bus.name})'


class MotorClient:
    """Asks motors over any bus, repeats what got lost, and checks that what was written is there.

    Every method that expects an answer raises MotorError naming the motor when none comes, and BusError when
    the bus fails.
    """

    def __init__(self, host: int, reply_timeout: float, attempts: int, codec: Codec | None = None):
        """`reply_timeout` [s] for one answer, `attempts` questions before a motor counts as missing."""
        self.host, self.reply_timeout, self.attempts = host, reply_timeout, attempts
        self.codec = codec or Codec()

    def scan(self, bus: Bus, ids: Iterable[int], required: Iterable[int] = ()) -> dict[int, set[int]]:
        """Identities (64 bits) that answer, by number; two at one number are two motors with one number.

        All `ids` are asked once; the `required` ones again and again until they answer or `attempts` are used up.
        """
        found: dict[int, set[int]] = {}
        asked = sorted({*ids, *required})
        for _ in range(self.attempts):
            if not asked:
                break
            for start in range(0, len(asked), _AT_ONCE):
                for number in asked[start : start + _AT_ONCE]:
                    bus.send(self.codec.get_id(self.host, number))
                self._note_identities(bus, found, self.reply_timeout / 10)
            self._note_identities(bus, found, self.reply_timeout)
            asked = sorted(set(required) - set(found))
        return found

    def stop(self, motor: MotorAddress, ranges: Ranges, clear_fault: bool = False) -> Feedback:
        """Switch a motor off; its state."""
        return self._ask_feedback(motor, ranges, self.codec.stop(self.host, motor.id, clear_fault))

    def enable(self, motor: MotorAddress, ranges: Ranges) -> Feedback:
        """Switch a motor on; its state."""
        return self._ask_feedback(motor, ranges, self.codec.enable(self.host, motor.id))

    def control(self, motor: MotorAddress, ranges: Ranges, control: Control) -> Feedback:
        """Command a motor that is on; its state."""
        frame, _ = self.codec.control(ranges, motor.id, control)
        return self._ask_feedback(motor, ranges, frame)

    def set_zero(self, motor: MotorAddress, ranges: Ranges) -> Feedback:
        """Make the present position zero; its state. The motor must be off."""
        return self._ask_feedback(motor, ranges, self.codec.set_zero(self.host, motor.id))

    def set_id(self, motor: MotorAddress, new_id: int) -> None:
        """Give a motor another number and see that it answers to it.

        Raises MotorError when the number is taken on that bus, or several motors would take it.
        """
        if self.scan(motor.bus, (), [new_id]):
            raise MotorError(f'{motor}: number {new_id} is taken on bus {motor.bus.name}')
        if len(self.scan(motor.bus, (), [motor.id]).get(motor.id, set())) > 1:
            raise MotorError(f'{motor}: several motors answer to this number; plug in only one of them')
        motor.bus.send(self.codec.set_id(self.host, motor.id, new_id))
        self._ask(
            MotorAddress(motor.name, motor.bus, new_id), self.codec.get_id(self.host, new_id), self._identity_of(new_id)
        )

    def read(self, motor: MotorAddress, parameter: Parameter) -> float | int:
        """Value of a parameter.

        Raises MotorError when the motor refuses: a reply names the motor in data 2 and has nothing above it.
        """

        def answer(frame: Frame) -> int | None:
            envelope = self.codec.decode_envelope(frame)
            if (
                envelope.type != MessageType.READ_PARAMETER
                or envelope.destination != self.host
                or envelope.data2 & 0xFF != motor.id
            ):
                return None
            index, raw = self.codec.decode_parameter(frame)
            if index != parameter.index:
                return None
            if envelope.data2 >> 8:
                raise MotorError(f'{motor} refuses to read {parameter.name} (status {envelope.data2 >> 8})')
            return raw

        return parameter.from_raw(
            self._ask(
                motor,
                self.codec.read_parameter(self.host, motor.id, parameter.index),
                answer,
                f'asked for {parameter.name}',
            )
        )

    def write(self, motor: MotorAddress, parameter: Parameter, value: float) -> None:
        """Write a parameter and read it back.

        Raises MotorError when the motor keeps another value.
        """
        raw = parameter.to_raw(value)
        kept: float | int = 0
        for _ in range(self.attempts):
            motor.bus.send(self.codec.write_parameter(self.host, motor.id, parameter.index, raw))
            kept = self.read(motor, parameter)
            if abs(kept - parameter.from_raw(raw)) <= _RELATIVE_TOLERANCE * abs(value):
                return
        raise MotorError(f'{motor}: was told {parameter.name} = {value:g} but keeps {kept:g}')

    def _ask_feedback(self, motor: MotorAddress, ranges: Ranges, question: Frame) -> Feedback:
        def answer(frame: Frame) -> Feedback | None:
            envelope = self.codec.decode_envelope(frame)
            if (
                envelope.type != MessageType.FEEDBACK
                or envelope.destination != self.host
                or envelope.data2 & 0xFF != motor.id
            ):
                return None
            return self.codec.decode_feedback(ranges, frame)

        return self._ask(motor, question, answer)

    def _identity_of(self, number: int) -> Callable[[Frame], tuple[int, int] | None]:
        def answer(frame: Frame) -> tuple[int, int] | None:
            found = self._identity(frame)
            return found if found and found[0] == number else None

        return answer

    def _ask(self, motor: MotorAddress, question: Frame, answer: Callable, what: str = '') -> object:
        """Send until `answer` makes something of a frame received."""
        for _ in range(self.attempts):
            motor.bus.send(question)
            deadline = time.monotonic() + self.reply_timeout
            while (left := deadline - time.monotonic()) > 0:
                for frame in motor.bus.receive(left):
                    try:
                        found = answer(frame)
                    except CodecError:
                        continue
                    if found is not None:
                        return found
        raise MotorError(
            f'{motor} does not answer{" when " + what if what else ""}; is it powered, is its number right, '
            'is the bus terminated at both ends?'
        )

    def _note_identities(self, bus: Bus, found: dict[int, set[int]], patience: float) -> None:
        deadline = time.monotonic() + patience
        while (left := deadline - time.monotonic()) > 0:
            for frame in bus.receive(left):
                identity = self._identity(frame)
                if identity:
                    found.setdefault(identity[0], set()).add(identity[1])

    def _identity(self, frame: Frame) -> tuple[int, int] | None:
        try:
            return self.codec.decode_identity(frame)
        except CodecError:
            return None
