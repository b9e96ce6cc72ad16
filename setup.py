# SPDX-License-Identifier: Apache-2.0
"""Package humanoid_assembly: two Python modules, plain C libraries, launch files, configuration, executables."""
from __future__ import annotations

from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

NAME = 'humanoid_assembly'
ROOT = Path(__file__).resolve().parent

# Native parts: folder of humanoid_control -> other parts whose C sources are compiled into its library.
NATIVE_PARTS: dict[str, tuple[str, ...]] = {
    'optimization': (),
    'balance': ('optimization',),
    'kinematics': (),
    'drivers': (),
}
COMPILE_FLAGS = ['-std=gnu11', '-O3', '-fno-math-errno', '-Wall', '-Wextra']

# Folders installed whole into share/humanoid_assembly.
SHARED_FOLDERS = ('launch', 'config', 'urdf')


class BuildNativeLibraries(build_ext):
    """Builds extensions that are plain C libraries: no Python.h, no init function, loaded through ctypes."""

    def get_ext_filename(self, fullname: str) -> str:
        """Path without the interpreter's ABI tag, e.g. humanoid_control/balance/_balance.so."""
        return str(Path(*fullname.split('.')).with_suffix('.so'))


def native_library(part: str, also: tuple[str, ...]) -> Extension | None:
    """Library humanoid_control/<part>/_<part>.so from the C sources of the parts, None if <part> has none."""
    folders = [Path('humanoid_control', name, 'c') for name in (part, *also)]
    if not any((ROOT / folders[0]).glob('*.c')):
        return None
    return Extension(
        f'humanoid_control.{part}._{part}',
        sources=[str(folder / source.name) for folder in folders for source in sorted((ROOT / folder).glob('*.c'))],
        depends=[str(folder / header.name) for folder in folders for header in sorted((ROOT / folder).glob('*.h'))],
        include_dirs=[str(folder) for folder in folders],
        extra_compile_args=COMPILE_FLAGS,
        libraries=['m'],
    )


def shared_files(folder: str) -> list[tuple[str, list[str]]]:
    """(Destination, files) of every folder below <folder>, without caches and hidden files."""
    files: dict[Path, list[str]] = {}
    for path in sorted((ROOT / folder).rglob('*')):
        relative = path.relative_to(ROOT)
        hidden = any(part.startswith('.') or part == '__pycache__' for part in relative.parts)
        if path.is_file() and not hidden:
            files.setdefault(relative.parent, []).append(str(relative))
    return [(f'share/{NAME}/{parent}', names) for parent, names in files.items()]


setup(
    name=NAME,
    version='0.1.0',
    description='Balance, whole-body kinematics, perception and assembly work of a humanoid robot.',
    license='Apache-2.0',
    packages=find_packages(include=['humanoid_control*', 'humanoid_perception*']),
    ext_modules=[library for part, also in NATIVE_PARTS.items() if (library := native_library(part, also))],
    cmdclass={'build_ext': BuildNativeLibraries},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{NAME}']),
        (f'share/{NAME}', ['package.xml']),
        (f'lib/{NAME}', [f'scripts/{path.name}' for path in sorted((ROOT / 'scripts').glob('[a-z]*'))]),
        *(entry for folder in SHARED_FOLDERS for entry in shared_files(folder)),
    ],
    python_requires='>=3.11',
    install_requires=['setuptools'],  # everything else: package.xml and requirements/
    extras_require={'test': ['pytest']},  # what `colcon test` looks for
    zip_safe=False,
)
