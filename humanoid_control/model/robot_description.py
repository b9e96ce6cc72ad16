# SPDX-License-Identifier: Apache-2.0
"""Finding and expanding the robot's xacro or URDF."""
from __future__ import annotations

import xml.parsers.expat
from pathlib import Path

from humanoid_control.model.errors import ModelError

PACKAGE = 'humanoid_assembly'


def share_path(*parts: str) -> Path:
    """Path of a file in the package's share folder, in the source tree when run from there.

    Raises ModelError when neither holds it.
    """
    source = Path(__file__).resolve().parents[2].joinpath(*parts)
    if source.exists():
        return source
    from ament_index_python.packages import PackageNotFoundError, get_package_share_directory
    try:
        installed = Path(get_package_share_directory(PACKAGE)).joinpath(*parts)
    except (PackageNotFoundError, OSError) as error:
        raise ModelError(f'{"/".join(parts)}: package {PACKAGE} is not installed: {error}') from error
    if not installed.exists():
        raise ModelError(f'{installed}: no such file in the installed package {PACKAGE}')
    return installed


def load_urdf(path: str | Path, arguments: dict[str, str] | None = None) -> str:
    """URDF text of a `.urdf` or `.xacro` file, macros expanded.

    Raises ModelError naming the file and the cause when it is missing or malformed.
    """
    path = Path(path)
    if not path.is_file():
        raise ModelError(f'{path}: no such robot description')
    if path.suffix != '.xacro':
        return path.read_text(encoding='utf-8')
    import xacro
    try:
        return xacro.process_file(str(path), mappings=arguments or {}).toprettyxml(indent='  ')
    except (xacro.XacroException, xml.parsers.expat.ExpatError, OSError) as error:
        raise ModelError(f'{path}: xacro cannot expand it: {error}') from error
