# SPDX-License-Identifier: Apache-2.0
"""Motors on a medium that everybody hears, for a driver on another machine: a multicast group or a CAN interface."""

from __future__ import annotations

import socket
from collections.abc import Collection, Mapping

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.bus_plan import MotorSettings
from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.emulation.emulated_bus import EmulatedBus


class EmulatedSharedBus(EmulatedBus):
    """The motors' side of such a bus. Where it hears its own answers, it knows them by their destination."""

    def __init__(
        self, bus: Bus, motors: Mapping[str, MotorSettings], models: Mapping[str, ActuatorModel], seed: int
    ):
        """Open the bus. Raises BusError when that is not possible."""
        super().__init__(bus.name, motors, models, seed)
        self._bus = bus
        self.restore()

    def restore(self) -> None:
        """Open the bus."""
        self._bus.open()

    def cut(self) -> None:
        """Leave the bus: nothing is heard or said any more, which a driver notices by silence."""
        self._bus.close()

    @property
    def ends(self) -> list[socket.socket]:
        """The receiving socket."""
        return [self._bus.sockets[0]] if self._bus.is_open else []

    def serve(self, ready: Collection[socket.socket]) -> None:
        """Answer to everybody. A CAN interface that goes down serves again once it is up."""
        for end in self.ends:
            if end in ready:
                self._serve_end(end, [self._bus.sockets[1]])
