# SPDX-License-Identifier: Apache-2.0
"""Motors on a multicast bus, for a driver on another machine."""

from __future__ import annotations

import socket
from collections.abc import Collection, Mapping

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.bus_plan import MotorSettings
from humanoid_control.drivers.buses import MulticastBus
from humanoid_control.drivers.emulation.emulated_bus import EmulatedBus


class EmulatedMulticastBus(EmulatedBus):
    """The motors' side of MulticastBus. It hears its own answers, too, and knows them by their destination."""

    def __init__(
        self, bus: MulticastBus, motors: Mapping[str, MotorSettings], models: Mapping[str, ActuatorModel], seed: int
    ):
        """Join the group. Raises BusError when that is not possible."""
        super().__init__(bus.name, motors, models, seed)
        self._bus = bus
        self.restore()

    def restore(self) -> None:
        """Join the group."""
        self._bus.open()

    def cut(self) -> None:
        """Leave the group: nothing is heard or said any more, which a driver notices by silence."""
        self._bus.close()

    @property
    def ends(self) -> list[socket.socket]:
        """The receiving socket."""
        return [self._bus.sockets[0]] if self._bus.is_open else []

    def serve(self, ready: Collection[socket.socket]) -> None:
        """Answer to the group."""
        for end in self.ends:
            if end in ready:
                self._serve_end(end, [self._bus.sockets[1]])
