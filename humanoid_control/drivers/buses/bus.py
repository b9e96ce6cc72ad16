# SPDX-License-Identifier: Apache-2.0
"""What every bus can do."""

from __future__ import annotations

import select
import socket
from abc import ABC, abstractmethod

from humanoid_control.drivers.errors import BusError
from humanoid_control.drivers.frame import FRAME_SIZE, Frame


class Bus(ABC):
    """A medium that carries frames, one a datagram, through a non-blocking socket.

    Set-up and tools use `send` and `receive`; the real-time exchange takes the descriptors and does its own reading
    and writing.

    Attributes:
        name: as in the bus plan, for messages.
        connected: whether an empty datagram is the end of a connection.
    """

    connected = False

    def __init__(self, name: str):
        self.name = name
        self._receiver: socket.socket | None = None
        self._sender: socket.socket | None = None

    @abstractmethod
    def _connect(self) -> tuple[socket.socket, socket.socket]:
        """Sockets to receive from and to send to (may be the same); BusError says what is missing."""

    @property
    @abstractmethod
    def where(self) -> str:
        """The interface, path or group, for messages."""

    def open(self) -> None:
        """Open the bus; nothing happens when it is open.

        Raises BusError that names the bus and what is missing, and says what to do.
        """
        if self._receiver is None:
            self._receiver, self._sender = self._connect()
            self._receiver.setblocking(False)
            self._sender.setblocking(False)

    def close(self) -> None:
        """Close the bus; nothing happens when it is closed."""
        for end in {self._receiver, self._sender} - {None}:
            end.close()
        self._receiver = self._sender = None

    @property
    def is_open(self) -> bool:
        """Whether `open` succeeded and `close` wasn't called since."""
        return self._receiver is not None

    @property
    def sockets(self) -> tuple[socket.socket, socket.socket]:
        """Sockets to receive from and to send to; BusError when the bus is closed."""
        if self._receiver is None or self._sender is None:
            raise BusError(f'bus {self.name} ({self.where}) is not open')
        return self._receiver, self._sender

    @property
    def descriptors(self) -> tuple[int, int]:
        """Descriptors to receive from and to send to; BusError when the bus is closed."""
        receiver, sender = self.sockets
        return receiver.fileno(), sender.fileno()

    def send(self, frame: Frame) -> None:
        """Send one frame.

        Raises BusError when the bus is closed, down, or its queue is full.
        """
        _, sender = self.sockets
        try:
            sender.send(bytes(frame))
        except OSError as error:
            raise BusError(f'bus {self.name} ({self.where}): frame not sent: {error.strerror}') from error

    def receive(self, timeout: float) -> list[Frame]:
        """Frames that wait, or the first to come within `timeout` [s]; datagrams of another size are dropped.

        Raises BusError when the bus is closed, went down or was cut.
        """
        receiver, _ = self.sockets
        if not select.select([receiver], [], [], max(timeout, 0.0))[0]:
            return []
        frames = []
        while True:
            try:
                datagram = receiver.recv(FRAME_SIZE + 1)
            except BlockingIOError:
                return frames
            except OSError as error:
                raise BusError(f'bus {self.name} ({self.where}) went down: {error.strerror}') from error
            if not datagram and self.connected:
                if frames:
                    return frames
                raise BusError(f'bus {self.name} ({self.where}) was cut: the other end is gone')
            if len(datagram) == FRAME_SIZE:
                frames.append(Frame.from_buffer_copy(datagram))
