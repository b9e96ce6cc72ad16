# SPDX-License-Identifier: Apache-2.0
"""What sourcing a ROS 2 installation would set, for the prefix of this interpreter.

Imported at interpreter start through ros2_pip.pth, so that `python script.py` finds packages as after sourcing.
"""
from __future__ import annotations

import os
import sys


def extend(variable: str, folder: str, *, first: bool) -> None:
    """Adds a folder to a list of folders in the environment, unless it is there already."""
    folders = [item for item in os.environ.get(variable, '').split(os.pathsep) if item]
    if folder not in folders:
        os.environ[variable] = os.pathsep.join([folder, *folders] if first else [*folders, folder])


def prepare() -> None:
    """Makes this prefix an ament underlay and puts its executables on PATH."""
    extend('AMENT_PREFIX_PATH', sys.prefix, first=False)  # a colcon overlay comes before it
    extend('PATH', os.path.join(sys.prefix, 'bin'), first=True)  # for `#!/usr/bin/env python3`


prepare()
