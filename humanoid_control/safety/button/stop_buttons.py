# SPDX-License-Identifier: Apache-2.0
"""All stop buttons of a robot as one."""

from __future__ import annotations

from collections.abc import Sequence

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.safety.button.button_device import ButtonDevice, ButtonLostError
from humanoid_control.safety.button.button_report import ButtonReport, ButtonWord
from humanoid_control.safety.button.gpio_button import GpioButton
from humanoid_control.safety.button.input_button import InputButton

REOPEN = 1.0  # [s] between attempts to open a button that is lost
EXPECTED = 'expected input:DEVICE, input:DEVICE#KEY or gpio:CHIP#LINE'


def button_from(text: str) -> ButtonDevice:
    """Button by its description, such as `gpio:/dev/gpiochip0#17`; ConfigurationError for anything else."""
    kind, _, rest = text.partition(':')
    path, _, number = rest.partition('#')
    if kind in ('input', 'gpio') and path and (number.isdecimal() or (kind == 'input' and not number)):
        return GpioButton(path, int(number)) if kind == 'gpio' else InputButton(path, int(number) if number else None)
    raise ConfigurationError(f'stop button {text!r}: {EXPECTED}')


class StopButtons:
    """Asks every button; one that is lost is opened again as soon as it is there."""

    def __init__(self, devices: Sequence[ButtonDevice]):
        self._devices = devices
        self._due = [0.0] * len(devices)
        self._reasons = ['not opened yet'] * len(devices)

    def look(self, now: float) -> ButtonReport:
        """What the buttons say at a steady time [s]: pressed if one is, else lost if one is, else released."""
        pressed = [device.name for index, device in enumerate(self._devices) if self._pressed(index, now)]
        lost = [reason for reason in self._reasons if reason]
        if pressed:
            return ButtonReport(ButtonWord.PRESSED, ', '.join(pressed), now)
        if lost:
            return ButtonReport(ButtonWord.LOST, ', '.join(lost), now)
        return ButtonReport(ButtonWord.RELEASED, '', now)

    def close(self) -> None:
        """Close all."""
        for device in self._devices:
            device.close()

    def _pressed(self, index: int, now: float) -> bool:
        device = self._devices[index]
        try:
            if self._reasons[index]:
                if now < self._due[index]:
                    return False
                self._due[index] = now + REOPEN
                device.open()
                self._reasons[index] = ''
            return device.pressed()
        except ButtonLostError as error:
            self._reasons[index] = str(error)
            device.close()
            return False
