# SPDX-License-Identifier: Apache-2.0
"""A USB button that is an input device of Linux, as keyboards are."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct

from humanoid_control.safety.button.button_device import ButtonDevice, ButtonLostError

# linux/input.h, linux/input-event-codes.h
_EVENT = struct.Struct('@llHHi')  # time [s, us], type, code, value
_SYNC, _KEY = 0, 1  # types
_DROPPED = 3  # code of a _SYNC: the kernel lost events
_UP = 0  # value of a _KEY; 1 is down, 2 repeats
_KEY_BYTES = 96  # bits of 768 keys
_GRAB = 0x40044590  # EVIOCGRAB
_KEYS_DOWN = 0x80004518 | _KEY_BYTES << 16  # EVIOCGKEY
_BATCH = 64


class InputButton(ButtonDevice):
    """Any key of a device, or one of them. Nobody else gets its keys: a button that types does not type."""

    def __init__(self, path: str, key: int | None = None):
        """`key`: code as `evtest` shows it; None for any."""
        self.name, self._path, self._key = path, path, key
        self._file = -1
        self._down: set[int] = set()

    def open(self) -> None:
        """Open and grab it; keys that are down already count."""
        try:
            self._file = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError as error:
            raise ButtonLostError(f'{self._path}: no permission: `sudo usermod -aG input $USER`, then log in again') from error
        except OSError as error:
            raise ButtonLostError(f'{self._path}: {error.strerror}: look at its plug and at `ls -l /dev/input/by-id`') from error
        keys = bytearray(_KEY_BYTES)
        try:
            fcntl.ioctl(self._file, _GRAB, 1)
        except OSError as error:
            if error.errno == errno.EBUSY:
                self.close()
                raise ButtonLostError(f'{self._path}: another program has it for itself: end that') from error
        with contextlib.suppress(OSError):  # not every device can tell; then it tells what changes
            fcntl.ioctl(self._file, _KEYS_DOWN, keys)
        self._down = {key for key in range(8 * _KEY_BYTES) if keys[key // 8] >> key % 8 & 1 and self._counts(key)}

    def pressed(self) -> bool:
        """Whether a key is or was down; also when the kernel had to drop events, for one of them may have been it."""
        pressed = bool(self._down)
        while data := self._read():
            for _, _, kind, code, value in _EVENT.iter_unpack(data):
                if kind == _SYNC and code == _DROPPED:
                    pressed = True
                elif kind == _KEY and self._counts(code):
                    if value == _UP:
                        self._down.discard(code)
                    else:
                        self._down.add(code)
                        pressed = True
        return pressed

    def close(self) -> None:
        """Give it back."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _counts(self, code: int) -> bool:
        return self._key is None or code == self._key

    def _read(self) -> bytes:
        try:
            data = os.read(self._file, _BATCH * _EVENT.size)
        except BlockingIOError:
            return b''
        except OSError as error:
            raise ButtonLostError(f'{self._path}: {error.strerror}: look at its plug') from error
        if not data:
            raise ButtonLostError(f'{self._path}: it is gone: look at its plug')
        if len(data) % _EVENT.size:
            raise ButtonLostError(f'{self._path}: {len(data)} bytes are no input events: is this the right device?')
        return data
