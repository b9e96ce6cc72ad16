# SPDX-License-Identifier: Apache-2.0
"""A bus between processes of one machine, behind which emulated motors hang."""

from __future__ import annotations

import socket
from pathlib import Path

from humanoid_control.drivers.buses.bus import Bus
from humanoid_control.drivers.errors import BusError


class SimulatedBus(Bus):
    """AF_UNIX sequenced packets: order and frame boundaries are kept, and a cut is noticed at once."""

    connected = True

    def __init__(self, name: str, path: str | Path):
        super().__init__(name)
        self.path = Path(path)

    @property
    def where(self) -> str:
        return f'simulated bus {self.path}'

    def _connect(self) -> tuple[socket.socket, socket.socket]:
        end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            end.connect(str(self.path))
        except OSError as error:
            end.close()
            raise BusError(
                f'bus {self.name}: nobody emulates motors at {self.path} ({error.strerror}); start '
                '`ros2 launch humanoid_assembly emulated.launch.py`, or the executable emulated_motors'
            ) from error
        return end, end
