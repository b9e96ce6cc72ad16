# SPDX-License-Identifier: Apache-2.0
"""ros2 run."""
from __future__ import annotations

import argparse
import os
import shlex

from .errors import CommandError
from .pkg import executables_of, prefix_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options as ROS's own has them."""
    parser.add_argument('--prefix', help='words before the executable')
    parser.add_argument('package_name', help='name of the package')
    parser.add_argument('executable_name', help='name of the executable')
    parser.add_argument('argv', nargs=argparse.REMAINDER, help='arguments for the executable')
    parser.set_defaults(function=run)


def run(options: argparse.Namespace) -> int:
    """Becomes the executable, so that signals and exit status are its own."""
    folder = os.path.join(prefix_of(options.package_name), 'lib', options.package_name)
    names = executables_of(options.package_name)
    if options.executable_name not in names:
        raise CommandError(f"No executable '{options.executable_name}' in package '{options.package_name}', "
                           f"it has: {', '.join(names) or 'none'}")
    command = [*shlex.split(options.prefix or ''), os.path.join(folder, options.executable_name), *options.argv]
    os.execvp(command[0], command)
