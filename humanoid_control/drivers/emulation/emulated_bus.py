# SPDX-License-Identifier: Apache-2.0
"""A simulated bus from the motors' side."""
from __future__ import annotations

import contextlib
import socket
from collections.abc import Collection, Mapping
from pathlib import Path

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.bus_plan import MotorSettings
from humanoid_control.drivers.codec import Codec
from humanoid_control.drivers.emulation.emulated_motor import EmulatedMotor
from humanoid_control.drivers.emulation.motor_bank import MotorBank
from humanoid_control.drivers.errors import BusError, CodecError
from humanoid_control.drivers.frame import Frame


class EmulatedBus:
    """Motors on one bus; whoever connects hears all of them, as on a wire.

    Attributes:
        name: as in the bus plan.
        motors: motors by name.
        bank: their electronics.
    """

    def __init__(self, name: str, path: str | Path, motors: Mapping[str, MotorSettings],
                 models: Mapping[str, ActuatorModel], seed: int):
        """Listen at `path`. Raises BusError when that is not possible."""
        self.name, self.path = name, Path(path)
        self.bank = MotorBank([motor.id for motor in motors.values()],
                              [models[motor.model].wire_ranges for motor in motors.values()], seed)
        self.motors = {
            motor: EmulatedMotor(motor, models[settings.model], self.bank, index,
                                 (models[settings.model].voltage.derate_below + models[settings.model].voltage.maximum) / 2)
            for index, (motor, settings) in enumerate(motors.items())}
        self._codec = Codec()
        self._listener: socket.socket | None = None
        self._clients: list[socket.socket] = []
        self.restore()

    def restore(self) -> None:
        """Let drivers connect (again)."""
        if self._listener is not None:
            return
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            listener.bind(str(self.path))
            listener.listen()
        except OSError as error:
            listener.close()
            raise BusError(f'simulated bus {self.name}: cannot listen at {self.path}: {error.strerror or error}') from error
        listener.setblocking(False)
        self._listener = listener

    def cut(self) -> None:
        """Cut the wire: drivers notice it, and cannot connect until `restore`."""
        for end in (*self._clients, *([self._listener] if self._listener else [])):
            end.close()
        self._clients.clear()
        self._listener = None
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    @property
    def ends(self) -> list[socket.socket]:
        """Sockets on which something may come in."""
        return [*([self._listener] if self._listener else []), *self._clients]

    def serve(self, ready: Collection[socket.socket]) -> None:
        """Answer everything that waits at those of `ends` that are ready."""
        if self._listener in ready:
            self._accept()
        listeners = [client.fileno() for client in self._clients]
        for client in [client for client in self._clients if client in ready]:
            there, frames = self.bank.serve(client.fileno(), listeners)
            for frame in frames:
                self._answer(frame)
            if not there:
                client.close()
                self._clients.remove(client)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                client, _ = self._listener.accept()
                client.setblocking(False)
                self._clients.append(client)

    def _answer(self, frame: Frame) -> None:
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
                for client in self._clients:
                    with contextlib.suppress(OSError):
                        client.send(bytes(reply))
