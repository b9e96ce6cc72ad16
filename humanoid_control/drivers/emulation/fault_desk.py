# SPDX-License-Identifier: Apache-2.0
"""Faults on demand, for tests and for learning what the driver does."""

from __future__ import annotations

from humanoid_control.drivers.emulation.emulator import Emulator
from humanoid_control.drivers.errors import DriverError
from humanoid_control.drivers.messages import FAULT_NAMES

_BITS = ', '.join(f'{bit} {name}' for bit, name in enumerate(FAULT_NAMES))
USAGE = {
    'silent': 'silent MOTOR: it hears and says nothing any more',
    'speak': 'speak MOTOR: it answers again',
    'mislabel': 'mislabel MOTOR NUMBER: it answers under this number; 0: under its own again',
    'heat': 'heat MOTOR DEGREES: its temperature [deg C]',
    'fault': f'fault MOTOR BIT: it takes on a fault and goes limp; bits: {_BITS}',
    'encoder': 'encoder MOTOR RADIANS: its position jumps by this much',
    'supply': 'supply MOTOR VOLTS: its supply voltage',
    'cut': 'cut BUS: the wire is cut',
    'restore': 'restore BUS: the wire is mended',
    'loss': 'loss SHARE: this share of all frames gets lost, each way',
}


class FaultDesk:
    """Takes orders like `silent l_knee`; see USAGE."""

    def __init__(self, emulator: Emulator):
        self._emulator = emulator

    def order(self, text: str) -> None:
        """Carry out one order. Raises DriverError that says what is wrong with it."""
        word, *arguments = text.split() or ['']
        if word not in USAGE:
            raise DriverError(f'fault {text!r}: expected one of {", ".join(USAGE)}')
        if len(arguments) != len(USAGE[word].split(':')[0].split()) - 1:
            raise DriverError(f'fault {text!r}: expected {USAGE[word]}')
        getattr(self, f'_{word}')(*arguments)

    def _silent(self, motor: str) -> None:
        self._emulator.motor(motor).row['silent'] = 1

    def _speak(self, motor: str) -> None:
        self._emulator.motor(motor).row['silent'] = 0

    def _mislabel(self, motor: str, number: str) -> None:
        self._emulator.motor(motor).row['answers_as'] = int(_number(number, 0, 127))

    def _heat(self, motor: str, degrees: str) -> None:
        self._emulator.heat(motor, _number(degrees, -50, 300))

    def _fault(self, motor: str, bit: str) -> None:
        self._emulator.motor(motor).fail(1 << int(_number(bit, 0, len(FAULT_NAMES) - 1)))

    def _encoder(self, motor: str, radians: str) -> None:
        self._emulator.motor(motor).zero -= _number(radians, -20, 20)

    def _supply(self, motor: str, volts: str) -> None:
        self._emulator.motor(motor).set_supply(_number(volts, 0, 100))

    def _cut(self, bus: str) -> None:
        self._bus(bus).cut()

    def _restore(self, bus: str) -> None:
        self._bus(bus).restore()

    def _loss(self, share: str) -> None:
        self._emulator.loss = _number(share, 0, 1)

    def _bus(self, name: str):
        if name not in self._emulator.buses:
            raise DriverError(f'bus {name!r} is not emulated; there are {", ".join(self._emulator.buses)}')
        return self._emulator.buses[name]


def _number(text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float('nan')
    if not low <= value <= high:
        raise DriverError(f'{text!r}: expected a number from {low:g} to {high:g}')
    return value
