# SPDX-License-Identifier: Apache-2.0
"""A bus over UDP multicast: driver on one machine, motors or an emulation on another."""

from __future__ import annotations

import socket
import struct

from humanoid_control.drivers.buses.bus import Bus
from humanoid_control.drivers.errors import BusError


class MulticastBus(Bus):
    """Every frame is one datagram of sixteen bytes to a group and port; everybody there hears it, the sender, too."""

    def __init__(self, name: str, group: str, port: int, interface_address: str = '0.0.0.0'):
        """`interface_address`: IPv4 address of the network interface; 0.0.0.0 leaves the choice to the system."""
        super().__init__(name)
        self.group, self.port, self.interface_address = group, port, interface_address

    @property
    def where(self) -> str:
        return f'multicast group {self.group}:{self.port}'

    def _connect(self) -> tuple[socket.socket, socket.socket]:
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            interface = socket.inet_aton(self.interface_address)
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            receiver.bind((self.group, self.port))
            receiver.setsockopt(
                socket.IPPROTO_IP,
                socket.IP_ADD_MEMBERSHIP,
                struct.pack('4s4s', socket.inet_aton(self.group), interface),
            )
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            sender.connect((self.group, self.port))
        except OSError as error:
            receiver.close()
            sender.close()
            raise BusError(
                f'bus {self.name}: cannot join {self.where} through {self.interface_address}: '
                f'{error.strerror or error}; '
                'is the network interface up, and has it that address?'
            ) from error
        return receiver, sender
