# SPDX-License-Identifier: Apache-2.0
"""Parameters of nodes with a type or from a file."""
from __future__ import annotations

import os
from pathlib import Path

from launch import LaunchContext, SomeSubstitutionsType
from launch.utilities import normalize_to_list_of_substitutions, perform_substitutions
from launch.utilities.type_utils import perform_typed_substitution
from ros2_pip.unsupported import refuse_arguments


class ParameterValue:
    """A value that becomes a wanted type, e.g. text that looks like a number."""

    def __init__(self, value: object, *, value_type: type | None = None) -> None:
        self._value = value
        self._value_type = value_type

    @property
    def value(self) -> object:
        """The value."""
        return self._value

    @property
    def value_type(self) -> type | None:
        """The type wanted, None for what YAML makes of it."""
        return self._value_type

    def evaluate(self, context: LaunchContext) -> object:
        """The value in its type. Raises ValueError if it doesn't fit."""
        value = perform_typed_substitution(context, self._value, self._value_type)
        if self._value_type in (bool, int, float, str) and not isinstance(value, self._value_type):
            raise ValueError(f'parameter value {value!r} is not a {self._value_type.__name__}')
        return value


class Parameter:
    """A named value that has precedence over files."""

    def __init__(self, name: SomeSubstitutionsType, value: object, *, value_type: type | None = None) -> None:
        self._name = normalize_to_list_of_substitutions(name)
        self._value = ParameterValue(value, value_type=value_type)

    def evaluate(self, context: LaunchContext) -> tuple[str, object]:
        """(Name, value)."""
        return perform_substitutions(context, self._name), self._value.evaluate(context)


class ParameterFile:
    """A YAML file of parameters."""

    def __init__(self, param_file: SomeSubstitutionsType | os.PathLike, *, allow_substs: bool = False) -> None:
        if allow_substs:
            refuse_arguments(self, {'allow_substs': allow_substs})
        self._file = param_file

    def evaluate(self, context: LaunchContext) -> Path:
        """Path of the file."""
        if isinstance(self._file, os.PathLike):
            return Path(self._file)
        return Path(perform_substitutions(context, normalize_to_list_of_substitutions(self._file)))
