# SPDX-License-Identifier: Apache-2.0
"""A CAN interface of the Linux kernel."""
from __future__ import annotations

import fcntl
import socket
import struct

from humanoid_control.drivers.buses.bus import Bus
from humanoid_control.drivers.errors import BusError

_GET_FLAGS = 0x8913      # SIOCGIFFLAGS
_IS_UP = 0x1
_ERRORS = 0x0FF          # time-out, arbitration, controller, protocol, transceiver, no acknowledge, bus off, bus error


class SocketCanBus(Bus):
    """Raw socket of one SocketCAN interface; error frames are received, too."""

    def __init__(self, name: str, interface: str, bitrate: int):
        super().__init__(name)
        self.interface, self.bitrate = interface, bitrate

    @property
    def where(self) -> str:
        return f'SocketCAN interface {self.interface}'

    @property
    def bring_up(self) -> str:
        """Command that brings the interface up."""
        return (f'sudo ip link set {self.interface} txqueuelen 128 && '
                f'sudo ip link set {self.interface} up type can bitrate {self.bitrate} restart-ms 100')

    def _connect(self) -> tuple[socket.socket, socket.socket]:
        self._require_interface()
        try:
            end = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
        except OSError as error:
            raise BusError(f'bus {self.name}: this kernel has no SocketCAN ({error.strerror}); load it: '
                           'sudo modprobe can can_raw') from error
        try:
            end.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_ERR_FILTER, _ERRORS)
            end.bind((self.interface,))
        except OSError as error:
            end.close()
            raise BusError(f'bus {self.name}: cannot bind to {self.where}: {error.strerror}; it must be a CAN interface: '
                           f'{self.bring_up}') from error
        return end, end

    def _require_interface(self) -> None:
        present = [interface for _, interface in socket.if_nameindex()]
        if self.interface not in present:
            raise BusError(f'bus {self.name}: there is no network interface {self.interface!r} (present: '
                           f'{", ".join(present) or "none"}); plug its CAN adapter in and bring it up: {self.bring_up}')
        request = struct.pack('16sH14x', self.interface.encode(), 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            flags, = struct.unpack('16xH14x', fcntl.ioctl(probe, _GET_FLAGS, request))
        if not flags & _IS_UP:
            raise BusError(f'bus {self.name}: network interface {self.interface!r} is down; bring it up: {self.bring_up}')
