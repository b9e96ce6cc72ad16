# SPDX-License-Identifier: Apache-2.0
"""Where the launch file lies."""
from __future__ import annotations

from ..launch_context import LaunchContext
from ..substitution import Substitution
from .substitution_failure import SubstitutionFailure


def local(context: LaunchContext, name: str, owner: Substitution) -> str:
    """A local of the launch file being included."""
    try:
        return context.get_locals_as_dict()[name]
    except KeyError as error:
        raise SubstitutionFailure(f'{type(owner).__name__} used outside of a launch file (in a script)') from error


class ThisLaunchFile(Substitution):
    """Path of the current launch file."""

    def describe(self) -> str:
        return 'ThisLaunchFile()'

    def perform(self, context: LaunchContext) -> str:
        return local(context, 'current_launch_file_path', self)


class ThisLaunchFileDir(Substitution):
    """Folder of the current launch file."""

    def describe(self) -> str:
        return 'ThisLaunchFileDir()'

    def perform(self, context: LaunchContext) -> str:
        return local(context, 'current_launch_file_directory', self)
