# SPDX-License-Identifier: Apache-2.0
"""A CAN interface of the Linux kernel."""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

from humanoid_control.drivers.buses.bus import Bus
from humanoid_control.drivers.errors import BusError
from humanoid_control.native import load_library

INTERFACES = Path('/sys/class/net')
_IS_UP = 0x1  # IFF_UP
_AF_CAN, _CAN_RAW = 29, 1
_NO_SOCKETCAN = 1  # step of drv_can_open


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
        return (
            f'sudo ip link set {self.interface} txqueuelen 128 && '
            f'sudo ip link set {self.interface} up type can bitrate {self.bitrate} restart-ms 100'
        )

    def _connect(self) -> tuple[socket.socket, socket.socket]:
        self._require_interface()
        library, step = load_library('drivers'), ctypes.c_int()
        library.drv_can_open.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
        library.drv_can_open.restype = ctypes.c_int
        descriptor = library.drv_can_open(self.interface.encode(), ctypes.byref(step))
        if descriptor < 0 and step.value == _NO_SOCKETCAN:
            raise BusError(
                f'bus {self.name}: this kernel has no SocketCAN ({os.strerror(-descriptor)}); load it: '
                'sudo modprobe can can_raw'
            )
        if descriptor < 0:
            raise BusError(
                f'bus {self.name}: cannot bind to {self.where}: {os.strerror(-descriptor)}; it must be a CAN '
                f'interface: {self.bring_up}'
            )
        end = socket.socket(_AF_CAN, socket.SOCK_RAW, _CAN_RAW, fileno=descriptor)
        return end, end

    def _require_interface(self) -> None:
        present = [interface for _, interface in socket.if_nameindex()]
        if self.interface not in present:
            raise BusError(
                f'bus {self.name}: there is no network interface {self.interface!r} (present: '
                f'{", ".join(present) or "none"}); plug its CAN adapter in and bring it up: {self.bring_up}'
            )
        flags = int((INTERFACES / self.interface / 'flags').read_text(encoding='ascii'), 16)
        if not flags & _IS_UP:
            raise BusError(
                f'bus {self.name}: network interface {self.interface!r} is down; bring it up: {self.bring_up}'
            )
