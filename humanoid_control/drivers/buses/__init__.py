# SPDX-License-Identifier: Apache-2.0
"""Buses behind one interface: SocketCAN, simulated (AF_UNIX) and multicast."""

from humanoid_control.drivers.buses.bus import Bus
from humanoid_control.drivers.buses.multicast_bus import MulticastBus
from humanoid_control.drivers.buses.simulated_bus import SimulatedBus
from humanoid_control.drivers.buses.socketcan_bus import SocketCanBus

__all__ = ['Bus', 'MulticastBus', 'SimulatedBus', 'SocketCanBus']
