# SPDX-License-Identifier: Apache-2.0
"""The driver's end of the thread of time."""

from __future__ import annotations

import select
import socket
from pathlib import Path

from humanoid_control.drivers.errors import LinkError
from humanoid_control.drivers.lock_step import SOCKET_NAME, Tick, pack_done, unpack_tick

_MAX_MESSAGE = 4096


class LockStepLink:
    """Connection to an emulation; see lock_step.py."""

    def __init__(self, folder: str | Path):
        """Connect. Raises LinkError when nobody emulates there."""
        self._path = Path(folder) / SOCKET_NAME
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._socket.connect(str(self._path))
        except OSError as error:
            self._socket.close()
            raise LinkError(f'lock-step: nobody emulates motors at {self._path} ({error.strerror or error})') from error

    def wait(self, timeout: float) -> Tick | None:
        """The next tick, waiting at most `timeout` [s]; LinkError when the emulation is gone."""
        if not select.select([self._socket], [], [], timeout)[0]:
            return None
        try:
            message = self._socket.recv(_MAX_MESSAGE)
        except ConnectionResetError:
            message = b''
        if not message:
            raise LinkError(f'lock-step: the emulation at {self._path} has ended')
        return unpack_tick(message)

    def done(self, tick: Tick) -> None:
        """The frames of this tick are on the buses; LinkError when the emulation is gone."""
        try:
            self._socket.send(pack_done(tick.number))
        except (BrokenPipeError, ConnectionResetError) as error:
            raise LinkError(f'lock-step: the emulation at {self._path} has ended') from error

    def close(self) -> None:
        """Let time go."""
        self._socket.close()
