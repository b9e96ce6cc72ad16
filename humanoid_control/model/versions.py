# SPDX-License-Identifier: Apache-2.0
"""Which software this is."""

from __future__ import annotations

import importlib.metadata
import platform

NAMES = ('humanoid_assembly', 'mujoco', 'pin', 'numpy', 'opencv-python-headless', 'py_trees', 'ros-rclpy')


def installed_versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide how the robot behaves, by name."""
    found = {'python': platform.python_version()}
    for name in NAMES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
