# SPDX-License-Identifier: Apache-2.0
"""Says what would be sent, and sends nothing."""

from __future__ import annotations

from collections.abc import Iterable

from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.frame import Frame
from humanoid_control.drivers.messages import Control, Feedback, Mode, Ranges
from humanoid_control.drivers.motor_client import MotorAddress, MotorClient
from humanoid_control.drivers.parameters import Parameter


class DryRunClient(MotorClient):
    """Prints frames as `candump` would show them; every motor answers as if all were well and it stood at 0."""

    def scan(self, bus: Bus, ids: Iterable[int], required: Iterable[int] = ()) -> dict[int, set[int]]:
        """Nobody answers."""
        for number in sorted({*ids, *required}):
            self._show(bus, self.codec.get_id(self.host, number), f'who is number {number}?')
        return {}

    def stop(self, motor: MotorAddress, ranges: Ranges, clear_fault: bool = False) -> Feedback:
        """As if it were off."""
        self._show(motor.bus, self.codec.stop(self.host, motor.id, clear_fault), f'switch {motor.name} off')
        return Feedback(motor.id, self.host, 0, Mode.RESET)

    def enable(self, motor: MotorAddress, ranges: Ranges) -> Feedback:
        """As if it were on."""
        self._show(motor.bus, self.codec.enable(self.host, motor.id), f'switch {motor.name} on')
        return Feedback(motor.id, self.host, 0, Mode.RUN)

    def control(self, motor: MotorAddress, ranges: Ranges, control: Control) -> Feedback:
        """As if it stood where it is wanted."""
        frame, _ = self.codec.control(ranges, motor.id, control)
        self._show(
            motor.bus, frame, f'{motor.name} to {control.position:.4f} rad, kp {control.kp:g}, kd {control.kd:g}'
        )
        return Feedback(motor.id, self.host, 0, Mode.RUN, control.position, control.velocity)

    def set_zero(self, motor: MotorAddress, ranges: Ranges) -> Feedback:
        """As if its zero were here."""
        self._show(motor.bus, self.codec.set_zero(self.host, motor.id), f'{motor.name} has its zero here')
        return Feedback(motor.id, self.host, 0, Mode.RESET)

    def set_id(self, motor: MotorAddress, new_id: int) -> None:
        """As if it had the number."""
        self._show(motor.bus, self.codec.set_id(self.host, motor.id, new_id), f'number {motor.id} becomes {new_id}')

    def read(self, motor: MotorAddress, parameter: Parameter) -> float | int:
        """As if it were 0."""
        self._show(
            motor.bus,
            self.codec.read_parameter(self.host, motor.id, parameter.index),
            f'{parameter.name} of {motor.name}?',
        )
        return parameter.from_raw(0)

    def write(self, motor: MotorAddress, parameter: Parameter, value: float) -> None:
        """As if it were written."""
        frame = self.codec.write_parameter(self.host, motor.id, parameter.index, parameter.to_raw(value))
        self._show(motor.bus, frame, f'{parameter.name} of {motor.name} = {value:g}')

    @staticmethod
    def _show(bus: Bus, frame: Frame, meaning: str) -> None:
        print(f'{bus.name}  {frame}  {meaning}')
