# SPDX-License-Identifier: Apache-2.0
"""Clear errors for what ROS's own tools have and these stand-ins don't."""
from __future__ import annotations

from collections.abc import Callable

WHERE = 'tools/ros2_pip covers only a part of ROS 2 (see its README); use a ROS 2 installation, or add it there'


class UnsupportedNameError(ImportError):
    """A class or function of ROS's own tools that isn't in the subset."""


class UnsupportedArgumentError(TypeError):
    """An argument of ROS's own tools that isn't in the subset."""


def refuse_missing_names(module: str) -> Callable[[str], object]:
    """Module-level __getattr__ that names what is missing."""

    def __getattr__(name: str) -> object:
        if name.startswith('__'):  # Python's own probes
            raise AttributeError(name)
        raise UnsupportedNameError(f'{module}.{name} is not in the subset: {WHERE}', name=module)

    return __getattr__


def refuse_arguments(owner: object, arguments: dict[str, object]) -> None:
    """Raises UnsupportedArgumentError if there are arguments left that the owner's class doesn't know."""
    if arguments:
        raise UnsupportedArgumentError(
            f'{type(owner).__name__}: argument {", ".join(map(repr, arguments))} is not in the subset: {WHERE}')
