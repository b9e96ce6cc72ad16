# SPDX-License-Identifier: Apache-2.0
"""What hangs on the buses, and whether it stands where it can."""

from __future__ import annotations

import math

from humanoid_control.drivers.errors import BusError, MotorError
from humanoid_control.drivers.joints_tool.workbench import Workbench
from humanoid_control.drivers.parameters import LIMIT_TORQUE, POSITION, VOLTAGE

NEAR = 0.05  # [rad, m] inside a limit from which on a joint is said to be near it
NEAR_SLIDE = 0.0005  # [m]


def list_motors(bench: Workbench, scan_to: int) -> int:
    """Print every motor that answers and every one of the plan that doesn't; the number of those that are wrong."""
    wrong = 0
    print(
        f'{"bus":6} {"id":>3}  {"motor":18} {"model":9} {"identity":16}  {"position":>9}  {"supply":>7}  {"limit":>7}'
    )
    for bus_name in bench.plan.buses:
        planned = {motor.id: name for name, motor in bench.plan.motors.items() if motor.bus == bus_name}
        try:
            found = bench.client.scan(bench.bus(bus_name), range(1, scan_to + 1), planned)
        except BusError as error:
            print(f'{bus_name:6} {error}')
            wrong += len(planned)
            continue
        for number in sorted({*planned, *found}):
            wrong += _print_motor(bench, bus_name, number, planned.get(number), found.get(number, set()))
    return wrong


def _print_motor(bench: Workbench, bus: str, number: int, name: str | None, uids: set[int]) -> bool:
    uid = ', '.join(f'{uid:016x}' for uid in sorted(uids))
    model = bench.plan.motors[name].model if name else ''
    line = f'{bus:6} {number:3}  {name or "(not in the plan)":18} {model:9}'
    if not uids:
        print(f'{line} does not answer')
        return True
    if len(uids) > 1 or name is None:
        print(f'{line} {uid}{"  DOUBLED" if len(uids) > 1 else ""}')
        return True
    motor = bench.motor(name)
    try:
        position, voltage, limit = (
            bench.client.read(motor, parameter) for parameter in (POSITION, VOLTAGE, LIMIT_TORQUE)
        )
    except MotorError as error:
        print(f'{line} {uid}  {error}')
        return True
    print(f'{line} {uid}  {position:5.2f} rad  {voltage:5.1f} V  {limit:4.0f} N m')
    return False


def check_calibration(bench: Workbench) -> int:
    """Print where every joint stands in its URDF range; the number of joints that are outside or unknown.

    Nothing is switched on or changed: positions are read as parameters.
    """
    wrong = 0
    measured: dict[str, float] = {}

    def measure(motor: str) -> float:
        if motor not in measured:
            try:
                measured[motor] = float(bench.client.read(bench.motor(motor), POSITION))
            except (MotorError, BusError) as error:
                print(error)
                measured[motor] = math.nan
        return measured[motor]

    slides = bench.robot.configuration.gripper_joints
    print(f'{"joint":20} {"position":>9}  {"lower":>8}  {"upper":>8}')
    for joint, position in bench.joint_positions(measure):
        lower, upper = bench.robot.position_limits_of(joint)
        margin = NEAR_SLIDE if joint in slides else NEAR
        verdict = ''
        if math.isnan(position):
            verdict = 'unknown: a motor does not answer, or the motors of its linkage fit no posture'
        elif not lower - margin <= position <= upper + margin:
            verdict = 'OUTSIDE: zero it (`joints zero`), or its ratio, offset or sign in the plan is wrong'
        elif not lower + margin <= position <= upper - margin:
            verdict = 'at its limit: is it against its stop?'
        wrong += math.isnan(position) or verdict.startswith('OUTSIDE')
        print(f'{joint:20} {position:9.4f}  {lower:8.3f}  {upper:8.3f}  {verdict}')
    return wrong
