# SPDX-License-Identifier: Apache-2.0
"""A bus from the motors' side."""

from __future__ import annotations

import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.bus_plan import MotorSettings
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.emulation.emulated_motor import EmulatedMotor
from humanoid_control.drivers.emulation.motor_bank import MotorBank
from humanoid_control.drivers.errors import CodecError
from humanoid_control.drivers.frame import Frame


class EmulatedBus(ABC):
    """Motors on one bus; whoever is there hears all of them, as on a wire.

    Attributes:
        name: as in the bus plan.
        motors: motors by name.
        bank: their electronics.
    """

    def __init__(self, name: str, motors: Mapping[str, MotorSettings], models: Mapping[str, ActuatorModel], seed: int):
        self.name = name
        self.bank = MotorBank(
            [motor.id for motor in motors.values()],
            [models[motor.model].wire_ranges for motor in motors.values()],
            seed,
        )
        self.motors = {
            motor: EmulatedMotor(
                motor,
                models[settings.model],
                self.bank,
                index,
                (models[settings.model].voltage.derate_below + models[settings.model].voltage.maximum) / 2,
            )
            for index, (motor, settings) in enumerate(motors.items())
        }
        self._codec = Codec()

    @abstractmethod
    def restore(self) -> None:
        """Let drivers talk to the motors (again). BusError when that is not possible."""

    @abstractmethod
    def cut(self) -> None:
        """Cut the wire until `restore`."""

    @property
    @abstractmethod
    def ends(self) -> list[socket.socket]:
        """Sockets on which something may come in."""

    @abstractmethod
    def serve(self, ready: Collection[socket.socket]) -> None:
        """Answer everything that waits at those of `ends` that are ready."""

    def _serve_end(self, end: socket.socket, speakers: Collection[socket.socket]) -> bool:
        """Answer what waits at one end, to all speakers; whether the other end is still there."""
        there, frames = self.bank.serve(end.fileno(), [speaker.fileno() for speaker in speakers])
        for frame in frames:
            self._answer(frame, speakers)
        return there

    def _answer(self, frame: Frame, speakers: Collection[socket.socket]) -> None:
        try:
            envelope = self._codec.decode_envelope(frame)
        except CodecError:
            return
        for motor in self.motors.values():
            if motor.id != envelope.destination:
                continue
            for reply in motor.answer(frame, envelope):
                if self.bank.loses():
                    continue
                for speaker in speakers:
                    with contextlib.suppress(OSError):
                        speaker.send(bytes(reply))
