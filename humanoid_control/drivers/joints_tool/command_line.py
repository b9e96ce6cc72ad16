# SPDX-License-Identifier: Apache-2.0
"""`ros2 run humanoid_assembly joints ...`; `joints --help` says what there is."""

from __future__ import annotations

import argparse
import math
import signal
import sys
from collections.abc import Sequence

from humanoid_control.drivers.errors import DriverError, MotorError
from humanoid_control.drivers.joints_tool.hoist import emulate
from humanoid_control.drivers.joints_tool.motion_test import MotionTest, Sine
from humanoid_control.drivers.joints_tool.survey import check_calibration, list_motors
from humanoid_control.drivers.joints_tool.tracking_plot import write_plot
from humanoid_control.drivers.joints_tool.tracking_record import TrackingRecord
from humanoid_control.drivers.joints_tool.workbench import Workbench
from humanoid_control.drivers.motor_client import MotorAddress
from humanoid_control.drivers.parameters import PARAMETERS, POSITION, READ_ONLY, Parameter
from humanoid_control.drivers.socket_folder import default_socket_folder
from humanoid_control.model.errors import HumanoidError
from humanoid_control.model.robot_description import share_path

WIGGLE = Sine(amplitude=0.08, frequency=1.0, duration=3.0, kp=20.0, kd=1.0, torque_share=0.15)


class Refused(DriverError):
    """The person at the keyboard did not agree."""


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog='joints',
        description=(
            'Find, number, zero, check and move single motors. Not while the joint driver runs. '
            'What writes or moves asks first.'
        ),
    )
    parser.add_argument('--robot', default=str(share_path('config', 'robots', 'humanoid.yaml')), help='robot file')
    parser.add_argument('--buses', default=str(share_path('config', 'robots', 'humanoid_buses.yaml')), help='bus plan')
    parser.add_argument(
        '--settings', default=str(share_path('config', 'joint_driver.yaml')), help='settings of the joint driver'
    )
    parser.add_argument('--simulated', action='store_true', help='emulated motors instead of the buses of the plan')
    parser.add_argument(
        '--socket-folder',
        default=str(default_socket_folder()),
        metavar='FOLDER',
        help='where the emulated motors are (%(default)s)',
    )
    parser.add_argument('--dry-run', action='store_true', help='show the frames that would be sent, send nothing')
    parser.add_argument('--yes', action='store_true', help='do not ask')
    commands = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')

    command = commands.add_parser('list', help='every motor that answers, and those of the plan that do not')
    command.add_argument(
        '--scan-to', type=int, default=16, metavar='ID', help='ask numbers up to this one on every bus (16)'
    )
    command.set_defaults(run=_list)

    command = commands.add_parser('check', help='where every joint stands in its URDF range; changes nothing')
    command.set_defaults(run=lambda bench, _: check_calibration(bench))

    command = commands.add_parser('identify', help='wiggle a joint, weakly and a little, to see which one it is')
    command.add_argument('name', metavar='JOINT_OR_MOTOR')
    command.set_defaults(run=_identify)

    command = commands.add_parser('zero', help='make the present position the zero of a joint')
    command.add_argument('name', metavar='JOINT_OR_MOTOR')
    command.set_defaults(run=_zero)

    command = commands.add_parser(
        'set-id', help='give a motor another number; only one motor of that number may be plugged in'
    )
    command.add_argument('bus')
    command.add_argument('id', type=int)
    command.add_argument('new_id', type=int)
    command.set_defaults(run=_set_id)

    command = commands.add_parser('read', help=f'read a parameter: {", ".join(PARAMETERS)}, or an index with --form')
    command.add_argument('name', metavar='JOINT_OR_MOTOR')
    command.add_argument('parameter')
    command.add_argument(
        '--form', choices=['u8', 'u32', 'float'], default='float', help='of a parameter given by its index (float)'
    )
    command.set_defaults(run=_read)

    command = commands.add_parser('write', help='write a parameter')
    command.add_argument('name', metavar='JOINT_OR_MOTOR')
    command.add_argument('parameter')
    command.add_argument('value', type=float)
    command.add_argument(
        '--form', choices=['u8', 'u32', 'float'], default='float', help='of a parameter given by its index (float)'
    )
    command.set_defaults(run=_write)

    command = commands.add_parser('track', help='let a motor follow a sine, record it, compare it with other records')
    command.add_argument('name', metavar='JOINT_OR_MOTOR')
    for option, default, unit in (
        ('amplitude', 0.2, 'rad'),
        ('frequency', 0.5, 'Hz'),
        ('duration', 6.0, 's'),
        ('kp', 40.0, 'N m/rad'),
        ('kd', 1.0, 'N m s/rad'),
        ('torque-share', 0.5, 'of the peak torque'),
    ):
        command.add_argument(f'--{option}', type=float, default=default, help=f'[{unit}] of the motor ({default:g})')
    command.add_argument('--csv', metavar='FILE', help='write the record')
    command.add_argument(
        '--compare', metavar='FILE', nargs='*', default=[], help='records of other runs, e.g. of the emulation'
    )
    command.add_argument('--plot', metavar='FILE', help='draw all records (SVG)')
    command.set_defaults(run=_track)

    command = commands.add_parser(
        'emulate', help='emulate all motors of the robot in its hoist, for the other commands to practise on'
    )
    command.add_argument(
        '--wired',
        action='store_true',
        help="on the plan's own CAN interfaces (vcan, or a second adapter) instead of simulated buses",
    )
    command.set_defaults(run=_emulate)
    return parser


def _list(bench: Workbench, arguments: argparse.Namespace) -> int:
    if not 0 <= arguments.scan_to <= 127:
        raise DriverError(f'--scan-to must lie in [0, 127], got {arguments.scan_to}')
    return list_motors(bench, arguments.scan_to)


def _identify(bench: Workbench, arguments: argparse.Namespace) -> int:
    for motor in bench.motors(arguments.name):
        _agree(
            bench,
            arguments,
            f'{motor} will wiggle by {WIGGLE.amplitude} rad for {WIGGLE.duration:g} s with at most '
            f'{WIGGLE.torque_share:.0%} of its torque. Is the robot in its hoist and nobody near?',
        )
        MotionTest(bench).run(motor, WIGGLE)
        print(f'{motor} has wiggled')
    return 0


def _zero(bench: Workbench, arguments: argparse.Namespace) -> int:
    for motor in bench.motors(arguments.name):
        ranges = bench.model(motor.name).wire_ranges
        before = bench.client.read(motor, POSITION)
        _agree(
            bench,
            arguments,
            f'{motor} stands at {before:.4f} rad; it is switched off, and this place becomes its zero. '
            'Is the joint at its URDF zero now?',
        )
        bench.client.stop(motor, ranges)
        after = bench.client.set_zero(motor, ranges)
        print(f'{motor} stands at {after.position:.4f} rad now')
        if abs(after.position) > 0.01:
            raise MotorError(f'{motor} did not take the zero')
    print('look again (`joints check`) after power was off: a CyberGear forgets its zero')
    return 0


def _set_id(bench: Workbench, arguments: argparse.Namespace) -> int:
    for value in (arguments.id, arguments.new_id):
        if not 1 <= value <= 127:
            raise DriverError(f'a motor number must lie in [1, 127], got {value}')
    motor = MotorAddress('unnamed', bench.bus(arguments.bus), arguments.id)
    _agree(
        bench,
        arguments,
        f'number {arguments.id} on bus {arguments.bus} becomes {arguments.new_id}. '
        'Is it the only one there with its number?',
    )
    bench.client.set_id(motor, arguments.new_id)
    print(f'number {arguments.new_id} answers on bus {arguments.bus}')
    return 0


def _read(bench: Workbench, arguments: argparse.Namespace) -> int:
    motor, parameter = bench.motor(arguments.name), _parameter(arguments)
    print(f'{motor}: {parameter.name} = {bench.client.read(motor, parameter):g} {parameter.unit}'.rstrip())
    return 0


def _write(bench: Workbench, arguments: argparse.Namespace) -> int:
    motor, parameter = bench.motor(arguments.name), _parameter(arguments)
    if not math.isfinite(arguments.value):
        raise DriverError(f'value: expected a finite number, got {arguments.value}')
    if parameter.name in READ_ONLY:
        raise DriverError(f'{parameter.name} can only be read')
    if parameter.robstride_only and not bench.model(motor.name).has_drive_timeout:
        raise DriverError(f'{motor}: a {bench.model(motor.name).name} has no {parameter.name}')
    now = bench.client.read(motor, parameter)
    _agree(
        bench,
        arguments,
        f'{motor}: {parameter.name} ({parameter.meaning}) goes from {now:g} to {arguments.value:g} {parameter.unit}. '
        'Go on?',
    )
    bench.client.write(motor, parameter, arguments.value)
    print(f'{motor}: {parameter.name} = {bench.client.read(motor, parameter):g} {parameter.unit}'.rstrip())
    return 0


def _track(bench: Workbench, arguments: argparse.Namespace) -> int:
    others = [TrackingRecord.read(path) for path in arguments.compare]
    motor = bench.motor(arguments.name)
    try:
        sine = Sine(
            arguments.amplitude,
            arguments.frequency,
            arguments.duration,
            arguments.kp,
            arguments.kd,
            arguments.torque_share,
        )
    except ValueError as error:
        raise DriverError(str(error)) from error
    for path, other in zip(arguments.compare, others):
        if (other.gains, other.frequency) != (sine.gains, sine.frequency):
            raise DriverError(
                f'{path}: was recorded with {other.gains} at {other.frequency:g} Hz, and this is to be '
                f'{sine.gains} at {sine.frequency:g} Hz: only equals compare'
            )
    _agree(
        bench,
        arguments,
        f'{motor} will swing by {sine.amplitude:g} rad at {sine.frequency:g} Hz for {sine.duration:g} s. '
        'Is the robot in its hoist and nobody near?',
    )
    record = MotionTest(bench).run(motor, sine)
    if bench.dry:
        return 0
    for shown in (record, *others):
        print(shown.summary)
    if arguments.csv:
        record.write(arguments.csv)
    if arguments.plot:
        write_plot(arguments.plot, [record, *others])
    return 0


def _emulate(bench: Workbench, arguments: argparse.Namespace) -> int:
    folder = arguments.socket_folder
    stopped = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.append(True))
    where, trial = ('on the buses of the plan', 'joints list') if arguments.wired else (f'in {folder}', 'joints --simulated list')
    print(f'emulating {len(bench.plan.motors)} motors {where} until Ctrl-C; try: {trial}', flush=True)
    emulate(bench, folder, lambda: not stopped, arguments.wired)
    return 0


def _parameter(arguments: argparse.Namespace) -> Parameter:
    if arguments.parameter in PARAMETERS:
        return PARAMETERS[arguments.parameter]
    try:
        index = int(arguments.parameter, 0)
    except ValueError:
        index = -1
    if not 0 <= index <= 0xFFFF:
        raise DriverError(
            f'parameter {arguments.parameter!r}: expected an index from 0 to 0xFFFF or one of {", ".join(PARAMETERS)}'
        )
    known = next((parameter for parameter in PARAMETERS.values() if parameter.index == index), None)
    return known or Parameter(f'{index:#06x}', index, arguments.form, '', 'see the manual of the drive')


def _agree(bench: Workbench, arguments: argparse.Namespace, question: str) -> None:
    """Ask the person, unless nothing is going to happen or they said yes before."""
    if bench.dry or arguments.yes:
        print(question)
        return
    try:
        answer = input(f'{question} [yes/no] ')
    except EOFError:
        answer = ''
    if answer.strip().lower() != 'yes':
        raise Refused('not done: the answer was not yes')


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all went well, 1 when something is wrong with motors, buses or files, 2 for a wrong command line."""
    options = build_parser().parse_args(arguments)
    try:
        with Workbench(
            options.robot,
            options.buses,
            options.settings,
            simulated=options.socket_folder if options.simulated else None,
            dry=options.dry_run,
        ) as bench:
            return 1 if options.run(bench, options) else 0
    except HumanoidError as error:
        print(f'joints: {error}', file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1  # whoever read the output has gone
    except KeyboardInterrupt:
        print('joints: interrupted; the motor is off', file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main())
