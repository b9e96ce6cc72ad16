# SPDX-License-Identifier: Apache-2.0
"""Launch descriptions from Python launch files."""
from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

from ..launch_description import LaunchDescription
from ..launch_description_source import LaunchDescriptionSource
from ..some_types import SomeSubstitutionsType


class InvalidPythonLaunchFileError(RuntimeError):
    """A Python launch file has no generate_launch_description()."""


def get_launch_description_from_python_launch_file(python_launch_file_path: str) -> LaunchDescription:
    """What the file's generate_launch_description() gives.

    Raises InvalidPythonLaunchFileError if it has none.
    """
    loader = SourceFileLoader('python_launch_file', python_launch_file_path)
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    if not hasattr(module, 'generate_launch_description'):
        raise InvalidPythonLaunchFileError(
            f"launch file at '{python_launch_file_path}' does not contain the required function "
            "'generate_launch_description()'")
    return module.generate_launch_description()


class PythonLaunchDescriptionSource(LaunchDescriptionSource):
    """A Python launch file."""

    def __init__(self, launch_file_path: SomeSubstitutionsType) -> None:
        super().__init__(None, launch_file_path, 'interpreted python launch file')

    def _get_launch_description(self, location: str) -> LaunchDescription:
        return get_launch_description_from_python_launch_file(location)
