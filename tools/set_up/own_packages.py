# SPDX-License-Identifier: Apache-2.0
"""Installing what this checkout holds: the package, and the launch tools where ROS's own aren't there."""
from __future__ import annotations

from pathlib import Path

from commands import run
from progress import Progress
from stamps import Stamp, digest
from virtual_environment import VirtualEnvironment

PACKAGE_SOURCES = ('setup.py', 'setup.cfg', 'pyproject.toml', 'package.xml', 'resource', 'scripts', 'launch',
                   'config', 'urdf', 'humanoid_control', 'humanoid_perception')
NATIVE_SUFFIXES = {'.c', '.h'}


def install_launch_tools(environment: VirtualEnvironment, progress: Progress) -> None:
    """Installs tools/ros2_pip, unless ROS's own launch can be imported."""
    source = environment.root / 'tools' / 'ros2_pip'
    stamp = Stamp(environment.state / 'ros2_pip', digest([source]))
    if stamp.is_current():
        return
    own = environment.imports('ros2_pip.environment')
    if not own and environment.imports('launch', 'launch_ros'):
        return  # the real ones always win
    progress.step('launch tools: tools/ros2_pip')
    forget_build(source)
    environment.install_local([source], 'ros2_pip')
    stamp.write()


def install_package(environment: VirtualEnvironment, progress: Progress) -> None:
    """Builds the C libraries in place and installs the package, when a source has changed."""
    root = environment.root
    sources = [root / name for name in PACKAGE_SOURCES]
    build_native_in_place(environment, progress)
    stamp = Stamp(environment.state / 'package', digest(sources))
    if stamp.is_current():
        return
    progress.step('humanoid_assembly into .venv')
    forget_build(root)
    environment.install_local([root], 'package')
    stamp.write()


def build_native_in_place(environment: VirtualEnvironment, progress: Progress) -> None:
    """Builds humanoid_control/<part>/_<part>.so in the checkout, for tests and tools run from its root."""
    root = environment.root
    sources = [file for file in (root / 'humanoid_control').rglob('*') if file.suffix in NATIVE_SUFFIXES]
    libraries = sorted(str(file) for file in (root / 'humanoid_control').glob('*/_*.so'))
    stamp = Stamp(environment.state / 'native', digest([*sources, root / 'setup.py'], *libraries))
    if not sources or stamp.is_current():
        return
    progress.step('C libraries')
    run([environment.python, 'setup.py', 'build_ext', '--inplace', '--parallel', '2'],
        environment.logs / 'native.log', cwd=root)
    libraries = sorted(str(file) for file in (root / 'humanoid_control').glob('*/_*.so'))
    Stamp(environment.state / 'native', digest([*sources, root / 'setup.py'], *libraries)).write()


def forget_build(source: Path) -> None:
    """Removes Python files of an earlier build: setuptools would pack modules that no longer exist.

    Compiled libraries stay: they are rebuilt when their sources are newer.
    """
    for file in source.glob('build/lib*/**/*'):
        if file.is_file() and file.suffix != '.so':
            file.unlink()
