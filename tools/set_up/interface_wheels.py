# SPDX-License-Identifier: Apache-2.0
"""The interface packages that the ROS wheels lack, built once for each Python version."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from commands import run
from progress import Progress
from stamps import Stamp, digest
from virtual_environment import VirtualEnvironment

PACKAGES = ('tf2_msgs', 'vision_msgs')
# What the generated code is linked with: another version of these needs another build.
LINKED = 'import importlib.metadata as m; print(m.version("ros-rclpy"), m.version("ros-geometry-msgs"))'


def install_interfaces(environment: VirtualEnvironment, progress: Progress) -> None:
    """Installs the interface packages, from .setup/wheels where a build of the same sources lies there."""
    folder = environment.root / 'tools' / 'interfaces'
    key = digest([folder, environment.root / 'requirements' / 'interfaces.txt'],
                 environment.version_tag(), environment.evaluate(LINKED))
    stamp = Stamp(environment.state / 'interfaces', key)
    if stamp.is_current():
        return
    store = environment.root / '.setup' / 'wheels' / f'{environment.version_tag()}-{key[:16]}'
    if not all(list(store.glob(f'humanoid_assembly_{name}-*.whl')) for name in PACKAGES):
        environment.install_requirements(['interfaces'], progress)
        progress.step(f'building {" and ".join(PACKAGES)}')
        with ThreadPoolExecutor(len(PACKAGES)) as pool:
            list(pool.map(lambda name: build_wheel(environment, folder / name, store), PACKAGES))
    progress.step(f'installing {" and ".join(PACKAGES)}')
    environment.install_local(sorted(store.glob('*.whl')), 'interfaces')
    stamp.write()


def build_wheel(environment: VirtualEnvironment, source: Path, store: Path) -> None:
    """Builds one interface package into a wheel."""
    scripts = environment.prefix / 'bin'  # cmake and ninja from PyPI
    run([environment.python, '-m', 'pip', 'wheel', '--disable-pip-version-check', '--no-index', '--no-deps',
         '--no-build-isolation', '--wheel-dir', str(store), str(source)],
        environment.logs / f'{source.name}.log',
        variables={'PATH': f'{scripts}:/usr/local/bin:/usr/bin:/bin', 'CMAKE_BUILD_PARALLEL_LEVEL': '1'})
