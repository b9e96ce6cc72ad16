# SPDX-License-Identifier: Apache-2.0
"""A running process as the event loop sees it."""
from __future__ import annotations

import asyncio
from collections.abc import Callable

LINGER = 0.5  # wait for output that a child of the process may still hold open [s]


class ProcessProtocol(asyncio.SubprocessProtocol):
    """Passes output on; complete gives the exit status once the process has ended and its output is read."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_start: Callable[[int], None],
                 on_data: Callable[[int, bytes], None]) -> None:
        self.complete: asyncio.Future[int] = loop.create_future()
        self._loop = loop
        self._on_start = on_start
        self._on_data = on_data
        self._transport: asyncio.SubprocessTransport | None = None
        self._open_streams = {1, 2}

    def connection_made(self, transport: asyncio.SubprocessTransport) -> None:
        self._transport = transport
        self._on_start(transport.get_pid())

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._on_data(fd, data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._open_streams.discard(fd)
        if not self._open_streams and self._transport.get_returncode() is not None:
            self._finish()

    def process_exited(self) -> None:
        if self._open_streams:
            self._loop.call_later(LINGER, self._finish)
        else:
            self._finish()

    def _finish(self) -> None:
        if not self.complete.done():
            self.complete.set_result(self._transport.get_returncode())
