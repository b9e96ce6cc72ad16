# SPDX-License-Identifier: Apache-2.0
"""A serial port that passes all bytes on as they are."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import termios
import tty

from humanoid_control.drivers.imu.errors import ImuError

_SIZE = 4096


class SerialPort:
    """An open port; `close` it.

    Attributes:
        path: name of the device.
    """

    def __init__(self, path: str, baud: int):
        """Open it for nobody else, 8 data bits, no parity, one stop bit; ImuError says what to do when it fails."""
        self.path = path
        speed = getattr(termios, f'B{baud}', None)
        if speed is None:
            raise ImuError(f'{path}: {baud} baud: this computer has no such rate')
        try:
            self._file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError as error:
            raise ImuError(f'{path}: no permission: `sudo usermod -aG dialout $USER`, then log in again') from error
        except OSError as error:
            raise ImuError(f'{path}: {error.strerror}: look at the plug, then at `ls -l /dev/serial/by-id`') from error
        try:
            fcntl.ioctl(self._file, termios.TIOCEXCL)
            tty.setraw(self._file)
            settings = termios.tcgetattr(self._file)
            settings[2] |= termios.CLOCAL
            settings[4] = settings[5] = speed
            termios.tcsetattr(self._file, termios.TCSANOW, settings)
            termios.tcflush(self._file, termios.TCIOFLUSH)
        except (termios.error, OSError) as error:
            os.close(self._file)
            raise ImuError(f'{path}: is no serial port: {error.args[-1]}') from error

    def read(self, timeout: float) -> bytes:
        """What came within `timeout` [s], empty when nothing did; ImuError when the port is gone."""
        try:
            if not select.select([self._file], [], [], timeout)[0]:
                return b''
            data = os.read(self._file, _SIZE)
        except OSError as error:
            raise ImuError(f'{self.path}: {error.strerror}: the port is gone; look at the plug') from error
        if not data:
            raise ImuError(f'{self.path}: the port is gone; look at the plug')
        return data

    def write(self, data: bytes) -> None:
        """Send bytes; ImuError when the port is gone or takes them no more."""
        try:
            if os.write(self._file, data) == len(data):
                return
        except OSError as error:
            raise ImuError(f'{self.path}: {error.strerror}: nothing can be sent; look at the plug') from error
        raise ImuError(f'{self.path}: takes no more bytes; switch the sensor off and on')

    def close(self) -> None:
        """Give it back."""
        with contextlib.suppress(OSError):
            os.close(self._file)
