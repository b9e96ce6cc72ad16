# SPDX-License-Identifier: Apache-2.0
"""Finds messages in a stream of bytes that may begin anywhere and hold garbage."""

from __future__ import annotations

from humanoid_control.drivers.imu.xbus_message import BUS_ID, EXTENDED, LONGEST, PREAMBLE, XbusMessage

_START = bytes([PREAMBLE, BUS_ID])
_HEAD = 4  # preamble, bus, identifier, length
_EXTENDED_HEAD = 6


class XbusParser:
    """Feed it what comes in, in pieces of any size.

    After garbage it goes on at the next preamble; a message that follows is found at the latest after as many bytes as
    the longest message has, since something in the garbage may look like its beginning.

    Attributes:
        skipped: bytes that belonged to no message.
        broken: what looked like a message and had a wrong checksum.
    """

    def __init__(self) -> None:
        self.skipped = self.broken = 0
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[XbusMessage]:
        """Take bytes in; the messages that are whole now, oldest first."""
        self._rest += data
        messages = []
        while (found := self._next()) is not None:
            messages.append(found)
        return messages

    def forget(self) -> None:
        """Drop what has come of an unfinished message."""
        self._rest.clear()

    def _next(self) -> XbusMessage | None:
        rest = self._rest
        while True:
            self._skip_to_start()
            head, size = self._head()
            if size is None:
                return None
            if size > LONGEST:
                self._skip(1)
                continue
            end = head + size + 1
            if len(rest) < end:
                return None
            if sum(rest[1:end]) & 0xFF:
                self.broken += 1
                self._skip(1)
                continue
            message = XbusMessage(rest[2], bytes(rest[head : head + size]))
            del rest[:end]
            return message

    def _head(self) -> tuple[int, int | None]:
        """Sizes of head and data; None while the bytes that tell are not there."""
        rest = self._rest
        if len(rest) < _HEAD:
            return _HEAD, None
        if rest[3] != EXTENDED:
            return _HEAD, rest[3]
        if len(rest) < _EXTENDED_HEAD:
            return _EXTENDED_HEAD, None
        return _EXTENDED_HEAD, rest[4] << 8 | rest[5]

    def _skip_to_start(self) -> None:
        rest = self._rest
        at = rest.find(_START)
        if at < 0:  # the last byte may be the first half of a start
            at = len(rest) - 1 if rest[-1:] == _START[:1] else len(rest)
        self._skip(at)

    def _skip(self, count: int) -> None:
        self.skipped += count
        del self._rest[:count]
