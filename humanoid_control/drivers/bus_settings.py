# SPDX-License-Identifier: Apache-2.0
"""A bus as the bus plan describes it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from humanoid_control.drivers.buses import Bus, MulticastBus, SimulatedBus, SocketCanBus

# keys that each kind of bus needs, and those it may have
KEYS = {
    'socketcan': ({'interface'}, set()),
    'simulated': ({'path'}, set()),
    'udp_multicast': ({'group', 'port'}, {'interface_address'}),
}
MAX_PATH = 107  # bytes of an AF_UNIX address


@dataclass(frozen=True)
class BusSettings:
    """One bus: `kind` and the keys that this kind needs."""

    kind: str
    interface: str | None = None
    path: str | None = None
    group: str | None = None
    port: int | None = None
    interface_address: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KEYS:
            raise ValueError(f'kind must be one of {", ".join(KEYS)}, got {self.kind!r}')
        needed, allowed = KEYS[self.kind]
        given = {
            key for key in ('interface', 'path', 'group', 'port', 'interface_address') if getattr(self, key) is not None
        }
        if needed - given:
            raise ValueError(f'a {self.kind} bus needs {", ".join(sorted(needed - given))}')
        if given - needed - allowed:
            raise ValueError(f'a {self.kind} bus has no {", ".join(sorted(given - needed - allowed))}')
        if self.interface is not None and not 0 < len(self.interface.encode()) < 16:
            raise ValueError(f'interface must have 1 to 15 bytes, got {self.interface!r}')
        if self.path is not None and not 0 < len(self.path.encode()) <= MAX_PATH:
            raise ValueError(f'path must have 1 to {MAX_PATH} bytes, got {len(self.path.encode())}: {self.path!r}')
        if self.group is not None and not ipaddress.IPv4Address(self.group).is_multicast:
            raise ValueError(f'group must be an IPv4 multicast address, got {self.group!r}')
        if self.port is not None and not 1024 <= self.port <= 65535:
            raise ValueError(f'port must lie in [1024, 65535], got {self.port}')
        if self.interface_address is not None:
            ipaddress.IPv4Address(self.interface_address)

    def create(self, name: str, bitrate: int) -> Bus:
        """The bus, not yet open."""
        if self.kind == 'socketcan':
            return SocketCanBus(name, self.interface or '', bitrate)
        if self.kind == 'simulated':
            return SimulatedBus(name, self.path or '')
        return MulticastBus(name, self.group or '', self.port or 0, self.interface_address or '0.0.0.0')

    @classmethod
    def simulated(cls, folder: str | Path, name: str) -> BusSettings:
        """The simulated bus `name` in a folder of sockets."""
        return cls('simulated', path=str(Path(folder) / name))
