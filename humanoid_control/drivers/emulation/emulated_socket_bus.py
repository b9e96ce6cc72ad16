# SPDX-License-Identifier: Apache-2.0
"""Motors on a simulated bus of this machine."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Collection, Mapping
from pathlib import Path

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.bus_plan import MotorSettings
from humanoid_control.drivers.emulation.emulated_bus import EmulatedBus
from humanoid_control.drivers.errors import BusError


class EmulatedSocketBus(EmulatedBus):
    """The other end of SimulatedBus: whoever connects is on the bus."""

    def __init__(
        self,
        name: str,
        path: str | Path,
        motors: Mapping[str, MotorSettings],
        models: Mapping[str, ActuatorModel],
        seed: int,
    ):
        """Listen at `path`. Raises BusError when that is not possible."""
        super().__init__(name, motors, models, seed)
        self.path = Path(path)
        self._listener: socket.socket | None = None
        self._clients: list[socket.socket] = []
        self.restore()

    def restore(self) -> None:
        """Listen."""
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
            raise BusError(
                f'simulated bus {self.name}: cannot listen at {self.path}: {error.strerror or error}'
            ) from error
        listener.setblocking(False)
        self._listener = listener

    def cut(self) -> None:
        """Close: drivers notice it, and cannot connect until `restore`."""
        for end in self.ends:
            end.close()
        self._clients.clear()
        self._listener = None
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    @property
    def ends(self) -> list[socket.socket]:
        """Listener and clients."""
        return [*([self._listener] if self._listener else []), *self._clients]

    def serve(self, ready: Collection[socket.socket]) -> None:
        """Let newcomers in and answer the others."""
        if self._listener in ready:
            self._accept()
        for client in [client for client in self._clients if client in ready]:
            if not self._serve_end(client, self._clients):
                client.close()
                self._clients.remove(client)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                client, _ = self._listener.accept()
                client.setblocking(False)
                self._clients.append(client)
