# SPDX-License-Identifier: Apache-2.0
"""Values of the balance gains (config/balance.yaml), checked against the table of the C side."""
from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from humanoid_control.balance.parameter_table import Parameter, parameter_table
from humanoid_control.model.configuration import read_yaml
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path


class BalanceConfiguration:
    """All gains by name `section.field`, each within its range.

    Attributes:
        table: the parameters by name.
    """

    def __init__(self, values: Mapping[str, float], where: str = 'balance configuration'):
        """Take a value for every gain of the table.

        Raises ConfigurationError naming `where`, the key, the value and the expectation.
        """
        self.table = {p.name: p for p in parameter_table()}
        for name in values:
            if name not in self.table:
                raise ConfigurationError(f'{where}: unknown key {name!r}; known are {", ".join(self.table)}')
        self._values: dict[str, float] = {}
        for name, parameter in self.table.items():
            if name not in values:
                raise ConfigurationError(f'{where}: key {name!r} is missing ({parameter.description})')
            self._values[name] = _checked(parameter, values[name], where)

    @classmethod
    def load(cls, path: str | Path | None = None) -> BalanceConfiguration:
        """Read a YAML file with sections of gains; without a path the package's own.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        path = Path(path or share_path('config', 'balance.yaml'))
        values: dict[str, Any] = {}
        for section, fields in read_yaml(path).items():
            if not isinstance(fields, dict):
                raise ConfigurationError(f'{path}: {section}: expected a mapping, got {fields!r}')
            for field, value in fields.items():
                values[f'{section}.{field}'] = value
        return cls(values, str(path))

    def with_values(self, changes: Mapping[str, float]) -> BalanceConfiguration:
        """A copy with some gains changed; ConfigurationError as in the constructor."""
        return BalanceConfiguration({**self._values, **changes})

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
