# SPDX-License-Identifier: Apache-2.0
"""ros2 launch."""
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.invalid_launch_file_error import InvalidLaunchFileError
from launch.launch_context import LaunchContext
from launch.launch_description_sources import AnyLaunchDescriptionSource

from .errors import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options as ROS's own has them."""
    parser.add_argument('-n', '--noninteractive', default=not sys.stdin.isatty(), action='store_true',
                        help='no terminal is associated: processes get their SIGINT from launch')
    parser.add_argument('-d', '--debug', action='store_true', help='more output')
    parser.add_argument('-s', '--show-args', '--show-arguments', dest='show_args', action='store_true',
                        help='show the arguments of the launch file')
    parser.add_argument('-a', '--show-all-subprocesses-output', dest='show_all', action='store_true',
                        help="show all processes' output on the screen")
    parser.add_argument('--launch-prefix', help='words before all executables')
    parser.add_argument('--launch-prefix-filter', help='pattern of the executables that get the prefix')
    parser.add_argument('package_name', help='package that holds the launch file, or path of a launch file')
    parser.add_argument('launch_file_name', nargs='?', help='name of the launch file')
    parser.add_argument('launch_arguments', nargs='*', help="arguments '<name>:=<value>'; the last one wins")
    parser.set_defaults(function=run)


def run(options: argparse.Namespace) -> int:
    """Runs or describes the launch file."""
    arguments = list(options.launch_arguments)
    if os.path.isfile(options.package_name):
        path = options.package_name
        if options.launch_file_name is not None:
            arguments.insert(0, options.launch_file_name)
    else:
        path = find_launch_file(options.package_name, options.launch_file_name)
    if options.launch_prefix is None and options.launch_prefix_filter is not None:
        raise CommandError('--launch-prefix must be specified if --launch-prefix-filter is provided')
    if options.show_all:
        os.environ['OVERRIDE_LAUNCH_PROCESS_OUTPUT'] = 'both'
    if options.show_args:
        show_arguments(path)
        return 0
    if options.launch_prefix:
        arguments.append(f'launch-prefix:={options.launch_prefix}')
    if options.launch_prefix_filter:
        arguments.append(f'launch-prefix-filter:={options.launch_prefix_filter}')
    service = LaunchService(argv=arguments, noninteractive=options.noninteractive, debug=options.debug)
    service.include_launch_description(LaunchDescription([
        IncludeLaunchDescription(AnyLaunchDescriptionSource(path), launch_arguments=parse_arguments(arguments))]))
    return service.run()


def find_launch_file(package: str, name: str | None) -> str:
    """Path of a file below a package's share folder. Raises CommandError unless there is exactly one."""
    try:
        share = get_package_share_directory(package)
    except (PackageNotFoundError, ValueError) as error:
        raise CommandError(f"Package '{package}' not found: {error}") from error
    if name is None:
        raise CommandError(f"no launch file given: ros2 launch {package} <name>.launch.py")
    found = [os.path.join(folder, name) for folder, _, files in os.walk(share) if name in files]
    if not found:
        raise CommandError(
            f"file '{name}' was not found in the share directory of package '{package}' which is at '{share}'")
    if len(found) > 1:
        raise CommandError(f"file '{name}' was found more than once in the share directory of package "
                           f"'{package}': {found}")
    return found[0]


def parse_arguments(arguments: Iterable[str]) -> list[tuple[str, str]]:
    """(Name, value) of each '<name>:=<value>'; of the same name the last. Raises CommandError for anything else."""
    values: dict[str, str] = {}
    for argument in arguments:
        name, separator, value = argument.partition(':=')
        if not separator or not name or (not value and argument.count(':=') == 1):
            raise CommandError(f"malformed launch argument '{argument}', expected format '<name>:=<value>'")
        values[name] = value
    return list(values.items())


def show_arguments(path: str) -> None:
    """Prints the arguments of a launch file."""
    try:
        description = AnyLaunchDescriptionSource(path).get_launch_description(LaunchContext())
    except InvalidLaunchFileError as error:
        raise CommandError(str(error)) from error
    print("Arguments (pass arguments as '<name>:=<value>'):")
    arguments = description.get_launch_arguments()
    for argument in arguments:
        mark = '*' if argument._conditionally_included else ''
        print(f"\n    '{argument.name}':{mark}\n        {argument.description}")
        if argument.default_value is not None:
            print(f"        (default: {' + '.join(part.describe() for part in argument.default_value)})")
    if not arguments:
        print('\n  No arguments.')
    elif any(argument._conditionally_included for argument in arguments):
        print('\n* argument(s) which are only used if specific conditions occur')
