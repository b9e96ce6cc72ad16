# SPDX-License-Identifier: Apache-2.0
"""Makes this checkout ready to run: `python3 tools/set_up [--extra test]...`, called by the Makefile.

Without a sourced ROS 2 everything comes from PyPI wheels into .venv; with one, only what it lacks. Each step
leaves a stamp and is skipped while what it depends on is unchanged. Needs nothing but Python's standard library.
"""
from __future__ import annotations

import argparse
import fcntl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from apt_packages import install_missing_apt_packages  # noqa: E402
from errors import SetUpError  # noqa: E402
from interface_wheels import install_interfaces  # noqa: E402
from own_packages import install_launch_tools, install_package  # noqa: E402
from progress import Progress  # noqa: E402
from sourced_ros import build_colcon_workspace, require_rosdep_packages, ros_is_sourced  # noqa: E402
from virtual_environment import VirtualEnvironment, find_interpreter  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = ('bench', 'colcon', 'export', 'test', 'view')


def set_up(interpreter: str | None, extras: list[str]) -> None:
    """Runs the steps in order. Raises SetUpError that names the step's cure."""
    progress = Progress()
    sourced = ros_is_sourced()
    python = find_interpreter(interpreter)
    install_missing_apt_packages(python, progress, build_interfaces=not sourced, browser='test' in extras)
    environment = VirtualEnvironment(ROOT, python, system_site_packages=sourced)
    environment.create(progress)
    if sourced:
        require_rosdep_packages(environment)
        environment.install_requirements(['with_ros', *sorted(extras)], progress)
        build_colcon_workspace(environment, progress)
    else:
        environment.install_requirements(['run', 'ros', *sorted(extras)], progress)
        install_interfaces(environment, progress)
        install_launch_tools(environment, progress)
        install_package(environment, progress)
    progress.finish('ready' if progress.worked else 'ready, nothing to do')


def main() -> int:
    parser = argparse.ArgumentParser(prog='set_up', description=__doc__.splitlines()[0])
    parser.add_argument('--python', help='interpreter for the virtual environment (3.11 to 3.13)')
    parser.add_argument('--extra', action='append', default=[], choices=EXTRAS, help='also install this extra')
    arguments = parser.parse_args()
    state = ROOT / '.setup'
    state.mkdir(exist_ok=True)
    with open(state / 'lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals, one set-up at a time
        try:
            set_up(arguments.python, arguments.extra)
        except SetUpError as error:
            print(f'set-up: {error}', file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print('set-up: interrupted; run it again, it goes on where it stopped', file=sys.stderr)
            return 130
    return 0


if __name__ == '__main__':
    sys.exit(main())
