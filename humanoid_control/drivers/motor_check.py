# SPDX-License-Identifier: Apache-2.0
"""Are the motors on the buses those of the plan?"""

from __future__ import annotations

import math
from collections.abc import Mapping

from humanoid_control.drivers.actuator_model import ActuatorModel, models_with_peak
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.errors import MotorError
from humanoid_control.drivers.motor_client import MotorAddress, MotorClient
from humanoid_control.drivers.parameters import DRIVE_TIMEOUT, LIMIT_TORQUE, VOLTAGE


class MotorCheck:
    """Identifies all motors and compares them with the plan.

    The protocol has no message for the model. A motor that was switched on knows its model's peak torque as
    `limit_torque`, and keeps what this driver wrote there until power goes; anything else is another model. Where the
    plan gives a motor's identity (`uid`), that decides. Nor is there one for the firmware's version: what the driver
    will ask of a drive later, it has to know now (a CyberGear answers for its supply from firmware 1.2.1.5 on).
    """

    def __init__(self, plan: BusPlan, models: Mapping[str, ActuatorModel], client: MotorClient, scan_to: int):
        """`scan_to`: numbers on each bus that are asked for motors beside those of the plan."""
        self._plan, self._models, self._client, self._scan_to = plan, models, client, scan_to

    def run(self, buses: Mapping[str, Bus]) -> dict[str, int]:
        """Identity (64 bits) of every motor by name.

        Raises MotorError that lists every motor that is missing, doubled, a stranger, or of another model.
        """
        complaints: list[str] = []
        identities: dict[str, int] = {}
        for bus_name, bus in buses.items():
            planned = {motor.id: name for name, motor in self._plan.motors.items() if motor.bus == bus_name}
            found = self._client.scan(bus, range(1, self._scan_to + 1), planned)
            for number, name in planned.items():
                if number in found and len(found[number]) == 1:
                    identities[name] = next(iter(found[number]))
            complaints += self._compare(bus_name, planned, found)
        for name, uid in identities.items():
            complaints += self._compare_model(name, uid, buses[self._plan.motors[name].bus])
        if complaints:
            raise MotorError('the motors are not those of the bus plan:\n  ' + '\n  '.join(complaints))
        return identities

    def _compare(self, bus: str, planned: dict[int, str], found: dict[int, set[int]]) -> list[str]:
        complaints = []
        for number, name in sorted(planned.items()):
            if number not in found:
                complaints.append(
                    f'motor {name!r} is missing: number {number} on bus {bus} does not answer '
                    '(power, wiring, termination, number)'
                )
        for number, uids in sorted(found.items()):
            if len(uids) > 1:
                complaints.append(
                    f'number {number} on bus {bus} is doubled: motors {_uids(uids)} share it '
                    f'({planned.get(number, "not in the plan")!r}); give one another number with `joints set-id` '
                    'while the other is unplugged'
                )
            elif number not in planned:
                complaints.append(f'number {number} on bus {bus} ({_uids(uids)}) is not in the plan')
        return complaints

    def _compare_model(self, name: str, uid: int, bus: Bus) -> list[str]:
        settings = self._plan.motors[name]
        if settings.uid is not None and int(settings.uid, 16) != uid:
            remedy = '(swapped or replaced; if replaced, calibrate it and change its uid in the plan)'
            return [f'motor {name!r}: expected {settings.uid.lower()}, found {uid:016x} {remedy}']
        model = self._models[settings.model]
        address = MotorAddress(name, bus, settings.id)
        limit = self._client.read(address, LIMIT_TORQUE)
        expected = {model.ranges.torque, settings.torque_limit or model.ranges.torque}
        if any(math.isclose(limit, value, rel_tol=0.01) for value in expected):
            return self._compare_firmware(address, model)
        wanted = ' or '.join(f'{value:g}' for value in sorted(expected))
        others = models_with_peak(dict(self._models), limit)
        return [
            f'motor {name!r}: expected {model.name} with limit_torque {wanted} N m, '
            f'found {limit:g} N m' + (f', as {" or ".join(others)} has' if others else '')
        ]

    def _compare_firmware(self, address: MotorAddress, model: ActuatorModel) -> list[str]:
        complaints = []
        for parameter in (VOLTAGE, DRIVE_TIMEOUT) if model.has_drive_timeout else (VOLTAGE,):
            try:
                self._client.read(address, parameter)
            except MotorError as error:
                complaints.append(f'{error}; it answered before, so its firmware has no {parameter.name}: update it')
        return complaints


def _uids(uids: set[int]) -> str:
    return ', '.join(f'{uid:016x}' for uid in sorted(uids))
