# SPDX-License-Identifier: Apache-2.0
"""The few Debian or Ubuntu packages that wheels can't replace."""
from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys

from errors import SetUpError
from progress import Progress

BROWSERS = ('chromium', 'chromium-browser', 'google-chrome')


def python_value(python: str, expression: str) -> str:
    """Value that an interpreter prints for an expression over `sysconfig` and `importlib.util`, '' if it fails."""
    code = f'import importlib.util, os, sysconfig; print({expression})'
    result = subprocess.run([python, '-c', code], capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else ''


def missing_apt_packages(python: str, *, build_interfaces: bool, browser: bool = False) -> list[str]:
    """Names of the packages whose contents aren't found.

    Looks for what the package gives, not for the package: a compiler of another origin is as good.
    """
    version = python_value(python, '"%d.%d" % __import__("sys").version_info[:2]')
    system_python = python_value(python, '__import__("sys").prefix') in ('/usr', '')
    own = f'python{version}' if system_python and version and os.path.realpath(python) != os.path.realpath(
        shutil.which('python3') or '') else 'python3'
    missing = []
    if python_value(python, 'importlib.util.find_spec("ensurepip") is not None') != 'True':
        missing.append(f'{own}-venv')
    if not shutil.which('gcc') and not shutil.which('cc'):
        missing += ['gcc', 'libc6-dev']
    if build_interfaces:  # the interface wheels hold C++ type support and Python extensions
        if not shutil.which('g++') and not shutil.which('c++'):
            missing.append('g++')
        if python_value(python, 'os.path.exists(sysconfig.get_path("include") + "/Python.h")') != 'True':
            missing.append(f'{own}-dev')
    # MuJoCo draws the cameras through EGL; Pinocchio's wheel needs GCC's OpenMP library.
    for library, package in (('EGL', 'libegl1'), ('GL', 'libgl1'), ('gomp', 'libgomp1')):
        if ctypes.util.find_library(library) is None:
            missing.append(package)
    if browser and not any(shutil.which(program) for program in BROWSERS):  # tests of the page look at it as people do
        missing += ['chromium', 'fonts-dejavu-core']
    return missing


def install_missing_apt_packages(python: str, progress: Progress, *, build_interfaces: bool, browser: bool = False) -> None:
    """Installs what is missing where this user may.

    Raises SetUpError with the exact command where not.
    """
    missing = missing_apt_packages(python, build_interfaces=build_interfaces, browser=browser)
    if not missing:
        return
    command = ['apt-get', 'install', '-y', '--no-install-recommends', *missing]
    by_hand = f'sudo apt-get update && sudo {" ".join(command)}'
    if not shutil.which('apt-get'):
        raise SetUpError(f'missing on this machine: {", ".join(missing)} (names of Debian packages); install them')
    prefix = sudo_prefix()
    if prefix is None:
        raise SetUpError(f'missing Debian packages, and no right to install them. Run:\n  {by_hand}')
    progress.step(f'Debian packages: {" ".join(missing)}')
    environment = {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'}
    for part in (['apt-get', 'update', '-q'], command):
        result = subprocess.run([*prefix, *part], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                env=environment, check=False)
        if result.returncode != 0 and part is command:
            raise SetUpError(
                f'apt-get failed:\n{result.stdout[-800:]}{result.stderr[-1600:]}\nRun by hand:\n  {by_hand}')
    still = missing_apt_packages(python, build_interfaces=build_interfaces, browser=browser)
    if still:
        raise SetUpError(f'still missing after `{" ".join(command)}`: {", ".join(still)}')


def sudo_prefix() -> list[str] | None:
    """Words before a command that needs root: none for root, sudo where it may ask or needn't, else None."""
    if os.geteuid() == 0:
        return []
    if not shutil.which('sudo'):
        return None
    if subprocess.run(['sudo', '-n', 'true'], capture_output=True, check=False).returncode == 0:
        return ['sudo', '-n']
    if sys.stdin.isatty() and sys.stdout.isatty():
        print('set-up: sudo is needed once, to install Debian packages')
        return ['sudo'] if subprocess.run(['sudo', '-v'], check=False).returncode == 0 else None
    return None
