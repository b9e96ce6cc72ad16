# SPDX-License-Identifier: Apache-2.0
"""Entry point of the ros2 command."""
from __future__ import annotations

import argparse
import importlib
import sys

from ..unsupported import WHERE
from .errors import CommandError

COMMANDS = {
    'launch': 'run a launch file',
    'run': 'run an executable of a package',
    'node': 'list nodes, show one',
    'topic': 'list, show, echo, publish topics and measure their rate',
    'service': 'list and call services',
    'param': 'list, get and set parameters',
    'lifecycle': 'get and set the state of lifecycle nodes',
    'pkg': 'find packages',
}
ELSEWHERE = ('action', 'bag', 'component', 'control', 'daemon', 'doctor', 'interface', 'multicast', 'plugin',
             'security', 'trace', 'wtf')


def main(argv: list[str] | None = None) -> int:
    """Runs a command; gives its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments and arguments[0] in ELSEWHERE:
        print(f'ros2 {arguments[0]} is not in the subset: {WHERE}', file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(prog='ros2', description='ROS 2 commands on wheels from PyPI (a subset).')
    commands = parser.add_subparsers(metavar='command', dest='command', required=True)
    for name, text in COMMANDS.items():
        # Only the command that is asked for is imported: rclpy takes a while.
        subparser = commands.add_parser(name, help=text, description=text)
        if arguments and arguments[0] == name:
            importlib.import_module(f'ros2_pip.cli.{name}').add_arguments(subparser)
    options = parser.parse_args(arguments)
    try:
        return options.function(options) or 0
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # e.g. piped into head
        sys.stderr.close()
        return 0
