# SPDX-License-Identifier: Apache-2.0
"""Substitutions about packages."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .executable_in_package import ExecutableInPackage
from .find_package import FindPackagePrefix, FindPackageShare

__all__ = ['ExecutableInPackage', 'FindPackagePrefix', 'FindPackageShare']
__getattr__ = refuse_missing_names(__name__)
