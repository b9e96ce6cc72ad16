# SPDX-License-Identifier: Apache-2.0
"""Values of a table of named parameters, read from YAML and checked against the table's ranges."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from humanoid_control.model.configuration import read_yaml
from humanoid_control.model.errors import ConfigurationError


@dataclass(frozen=True)
class Parameter:
    """One parameter: name `section.field`, allowed range, unit and description."""

    name: str
    minimum: float
    maximum: float
    unit: str
    description: str


class ParameterValues:
    """A value for every parameter of a table, by name `section.field`, each within its range.

    Subclasses say which table.

    Attributes:
        table: the parameters by name.
    """

    def __init__(self, values: Mapping[str, float], where: str = 'parameters'):
        """Take a value for every parameter of the table.

        Raises ConfigurationError naming `where`, the key, the value and the expectation.
        """
        self.table = {p.name: p for p in self.parameters()}
        for name in values:
            if name not in self.table:
                raise ConfigurationError(f'{where}: unknown key {name!r}; known are {", ".join(self.table)}')
        self._values: dict[str, float] = {}
        for name, parameter in self.table.items():
            if name not in values:
                raise ConfigurationError(f'{where}: key {name!r} is missing ({parameter.description})')
            self._values[name] = _checked(parameter, values[name], where)

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """The table."""
        raise NotImplementedError

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a YAML file with sections of fields.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        values: dict[str, Any] = {}
        for section, fields in read_yaml(path).items():
            if not isinstance(fields, dict):
                raise ConfigurationError(f'{path}: {section}: expected a mapping, got {fields!r}')
            for field, value in fields.items():
                values[f'{section}.{field}'] = value
        return cls(values, str(path))

    def with_values(self, changes: Mapping[str, float]) -> Self:
        """A copy with some values changed; ConfigurationError as in the constructor."""
        return type(self)({**self._values, **changes})

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def as_array(self) -> np.ndarray:
        """Values in the order of the table, shape (count,)."""
        return np.array([self._values[name] for name in self.table])


def _checked(parameter: Parameter, value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigurationError(f'{where}: {parameter.name}: expected a finite number, got {value!r}')
    if not parameter.minimum <= value <= parameter.maximum:
        raise ConfigurationError(f'{where}: {parameter.name}: expected {parameter.minimum:g} to {parameter.maximum:g} '
                                 f'{parameter.unit}'.rstrip() + f', got {value:g}')
    return float(value)
