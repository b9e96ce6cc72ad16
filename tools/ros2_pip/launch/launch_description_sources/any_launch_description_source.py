# SPDX-License-Identifier: Apache-2.0
"""Launch descriptions from files of any supported format."""
from __future__ import annotations

from ..invalid_launch_file_error import InvalidLaunchFileError
from ..launch_description import LaunchDescription
from .python_launch_description_source import PythonLaunchDescriptionSource


class AnyLaunchDescriptionSource(PythonLaunchDescriptionSource):
    """A launch file; only Python ones are in the subset."""

    def _get_launch_description(self, location: str) -> LaunchDescription:
        if not location.endswith('.py'):
            raise InvalidLaunchFileError(
                location.rsplit('.', 1)[-1],
                likely_errors=[ValueError(f'{location}: only Python launch files (.py) are in the subset')])
        return super()._get_launch_description(location)
