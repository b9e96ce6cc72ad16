# SPDX-License-Identifier: Apache-2.0
"""The virtual environment .venv and what is installed in it."""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from commands import run
from errors import SetUpError
from progress import Progress
from stamps import Stamp, digest

VERSION = 'import sys; print(sys.version_info[:2])'
OLDEST, NEWEST = (3, 11), (3, 13)  # of the ROS wheels and of numpy's newest


def find_interpreter(wanted: str | None) -> str:
    """Path of the interpreter asked for, or of the first suitable one on PATH.

    Raises SetUpError if none is suitable.
    """
    names = [wanted] if wanted else ['python3', *(f'python3.{minor}' for minor in range(NEWEST[1], OLDEST[1] - 1, -1))]
    seen = []
    for name in names:
        path = shutil.which(name)
        if path is None:
            continue
        code = 'import sys; print(sys.version_info.major, sys.version_info.minor, sys._base_executable)'
        result = subprocess.run([path, '-c', code], capture_output=True, text=True, check=False)
        if result.returncode != 0:  # e.g. a version manager's stub without a version behind it
            continue
        major, minor, executable = result.stdout.strip().split(maxsplit=2)
        if OLDEST <= (int(major), int(minor)) <= NEWEST:
            return executable
        seen.append(f'{path} is {major}.{minor}')
    raise SetUpError(
        f'needs Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}; '
        f'{"; ".join(seen) or "found no " + ", ".join(names)}. Name one: make setup PYTHON=/path/to/python3.11')


class VirtualEnvironment:
    """The environment in <root>/.venv; with system_site_packages it adds to a sourced ROS 2 only what that lacks."""

    def __init__(self, root: Path, interpreter: str, *, system_site_packages: bool) -> None:
        self.root = root
        self.prefix = root / '.venv'
        self.python = str(self.prefix / 'bin' / 'python')
        self.state = self.prefix / '.set_up'  # stamps: gone with the environment
        self.logs = root / '.setup' / 'logs'
        self._interpreter = interpreter
        self._system_site_packages = system_site_packages

    def create(self, progress: Progress) -> None:
        """Makes the environment; anew if the one there is broken, of another Python version or of the other road."""
        if self._fits():
            return
        progress.step(f'virtual environment .venv with {self._interpreter}')
        options = ['--clear', *(['--system-site-packages'] if self._system_site_packages else [])]
        run([self._interpreter, '-m', 'venv', *options, str(self.prefix)], self.logs / 'venv.log')

    def _fits(self) -> bool:
        """True if the environment that is there can be used."""
        wanted = subprocess.run([self._interpreter, '-c', VERSION], capture_output=True, text=True, check=True).stdout
        try:
            settings = (self.prefix / 'pyvenv.cfg').read_text().lower()
            found = subprocess.run([self.python, '-c', f'import pip; {VERSION}'], capture_output=True, text=True,
                                   check=False)
        except OSError:
            return False
        system = 'include-system-site-packages = true' in settings
        return found.returncode == 0 and found.stdout == wanted and system == self._system_site_packages

    def version_tag(self) -> str:
        """Interpreter and machine in a word, e.g. 3.11-x86_64."""
        code = 'import platform, sys; print("%d.%d-%s" % (*sys.version_info[:2], platform.machine()))'
        return self.evaluate(code)

    def evaluate(self, code: str) -> str:
        """What a line of Python prints. Raises SetUpError if it fails."""
        result = subprocess.run([self.python, '-c', code], capture_output=True, text=True, check=False,
                                env=self.clean_variables())
        if result.returncode != 0:
            raise SetUpError(f'{self.python} cannot run {code!r}:\n{result.stderr.strip()}')
        return result.stdout.strip()

    def imports(self, *modules: str) -> bool:
        """True if all modules can be imported in the environment."""
        code = f'import {", ".join(modules)}'
        return subprocess.run([self.python, '-c', code], capture_output=True, check=False,
                              env=self.clean_variables()).returncode == 0

    @staticmethod
    def clean_variables() -> dict[str, str]:
        """Environment variables without what another environment's ROS wheels left behind."""
        variables = dict(os.environ)
        if variables.pop('_ROS_WHEELS_BOOTSTRAP_COMPLETE', None):
            variables.pop('LD_LIBRARY_PATH', None)
        return variables

    def install_requirements(self, names: list[str], progress: Progress) -> None:
        """Installs requirements/<name>.txt of each name, at the versions of requirements/constraints.txt.

        On top of a sourced ROS 2 the system's versions stand, and pip takes what fits them.
        """
        folder = self.root / 'requirements'
        files = [folder / f'{name}.txt' for name in names]
        constraints = folder / 'constraints.txt'
        pending = [(file, stamp) for file in files
                   if not (stamp := Stamp(self.state / file.stem, digest([file, constraints]))).is_current()]
        if not pending:
            return
        progress.step(f'Python packages: {", ".join(file.stem for file, _ in pending)}')
        options = [word for file, _ in pending for word in ('-r', str(file))]
        if self._system_site_packages:
            self._install_with_pip(options, 'requirements')
        else:
            self.install([*options, '-c', str(constraints)], 'requirements')
        for _, stamp in pending:
            stamp.write()

    def install(self, options: list[str], what: str) -> None:
        """Installs from PyPI: with uv, which takes seconds, or with pip where uv can't be had."""
        log = self.logs / f'{what}.log'
        if self._find_uv():
            try:
                run([self.python, '-m', 'uv', 'pip', 'install', '--python', self.python, *options], log)
                return
            except SetUpError as error:
                print(f'set-up: uv failed, going on with pip: {str(error).splitlines()[-1]}')
        self._install_with_pip(options, what)

    def _install_with_pip(self, options: list[str], what: str) -> None:
        run([self.python, '-m', 'pip', 'install', '--disable-pip-version-check', *options],
            self.logs / f'{what}.log')

    def install_local(self, paths: list[Path], what: str) -> None:
        """Installs wheels or source folders of this checkout, asking no index."""
        run([self.python, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-index', '--no-deps',
             '--no-build-isolation', '--force-reinstall', *(str(path) for path in paths)],
            self.logs / f'{what}.log', cwd=self.root)

    def _find_uv(self) -> bool:
        """True if uv works in the environment; tries to install it first."""
        works = [self.python, '-m', 'uv', '--version']
        if subprocess.run(works, capture_output=True, check=False).returncode == 0:
            return True
        try:
            run([self.python, '-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary', ':all:',
                 'uv>=0.5'], self.logs / 'uv.log')
        except SetUpError:
            return False
        return subprocess.run(works, capture_output=True, check=False).returncode == 0
