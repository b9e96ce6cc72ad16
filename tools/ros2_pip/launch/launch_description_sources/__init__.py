# SPDX-License-Identifier: Apache-2.0
"""Launch descriptions from files."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .any_launch_description_source import AnyLaunchDescriptionSource
from .python_launch_description_source import (
    InvalidPythonLaunchFileError,
    PythonLaunchDescriptionSource,
    get_launch_description_from_python_launch_file,
)

__all__ = ['AnyLaunchDescriptionSource', 'InvalidPythonLaunchFileError', 'PythonLaunchDescriptionSource',
           'get_launch_description_from_python_launch_file']
__getattr__ = refuse_missing_names(__name__)
