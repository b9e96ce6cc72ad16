# SPDX-License-Identifier: Apache-2.0
"""A normally closed contact between a GPIO line and ground."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable
from typing import Any

from humanoid_control.safety.button.button_device import ButtonDevice, ButtonLostError

# linux/gpio.h: struct gpio_v2_line_request with offsets, consumer, flags, no attributes, count, buffer, padding, fd
_REQUEST = struct.Struct('=64I32sQI20x240xII20xi')
_VALUES = struct.Struct('=QQ')  # bits, mask
_GET_LINE = 0xC250B407
_GET_VALUES = 0xC010B40E
_ACTIVE_LOW, _INPUT, _PULL_UP = 1 << 1, 1 << 2, 1 << 8
CONSUMER = b'stop button'


class GpioButton(ButtonDevice):
    """Pressed when the contact is open: by the button, or because a wire is cut or pulled off.

    The line is pulled up inside the computer, and low while the contact is closed. A short to ground hides the button:
    one line is one channel.
    """

    def __init__(self, chip: str, line: int, ioctl: Callable[..., Any] = fcntl.ioctl):
        self.name = f'{chip}:{line}'
        self._chip, self._line, self._ioctl = chip, line, ioctl
        self._file = -1

    def open(self) -> None:
        """Ask the chip for the line."""
        request = bytearray(
            _REQUEST.pack(self._line, *[0] * 63, CONSUMER, _ACTIVE_LOW | _INPUT | _PULL_UP, 0, 1, 0, -1)
        )
        try:
            chip = os.open(self._chip, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise ButtonLostError(f'{self._chip}: {error.strerror}: look at `gpiodetect`, and whether you may use it') from error
        try:
            self._ioctl(chip, _GET_LINE, request)
        except OSError as error:
            raise ButtonLostError(f'{self.name}: {error.strerror}: another program has the line, or the chip lacks it') from error
        finally:
            os.close(chip)
        self._file = _REQUEST.unpack(request)[-1]

    def pressed(self) -> bool:
        """Whether the contact is open now."""
        values = bytearray(_VALUES.pack(0, 1))
        try:
            self._ioctl(self._file, _GET_VALUES, values)
        except OSError as error:
            raise ButtonLostError(f'{self.name}: {error.strerror}: the chip is gone') from error
        return not _VALUES.unpack(values)[0] & 1

    def close(self) -> None:
        """Give the line back."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1
