# SPDX-License-Identifier: Apache-2.0
"""ros2 pkg."""
from __future__ import annotations

import argparse
import os

from ament_index_python.packages import PackageNotFoundError, get_package_prefix, get_packages_with_prefixes

from .errors import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verbs."""
    verbs = parser.add_subparsers(metavar='verb', required=True)
    verbs.add_parser('list', help='names of all packages').set_defaults(
        function=lambda options: print('\n'.join(sorted(get_packages_with_prefixes()))))
    prefix = verbs.add_parser('prefix', help='where a package is installed')
    prefix.add_argument('package_name')
    prefix.add_argument('--share', action='store_true', help='its share folder')
    prefix.set_defaults(function=show_prefix)
    executables = verbs.add_parser('executables', help='executables of a package')
    executables.add_argument('package_name')
    executables.set_defaults(function=show_executables)


def prefix_of(package: str) -> str:
    """Prefix of a package. Raises CommandError if there is none of that name."""
    try:
        return get_package_prefix(package)
    except (PackageNotFoundError, ValueError) as error:
        raise CommandError(f"Package '{package}' not found") from error


def executables_of(package: str) -> list[str]:
    """Names of the files in lib/<package> that can be run."""
    folder = os.path.join(prefix_of(package), 'lib', package)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [name for name in names
            if os.path.isfile(os.path.join(folder, name)) and os.access(os.path.join(folder, name), os.X_OK)]


def show_prefix(options: argparse.Namespace) -> None:
    """Prints where a package is."""
    prefix = prefix_of(options.package_name)
    print(os.path.join(prefix, 'share', options.package_name) if options.share else prefix)


def show_executables(options: argparse.Namespace) -> None:
    """Prints a package's executables."""
    for name in executables_of(options.package_name):
        print(f'{options.package_name} {name}')
