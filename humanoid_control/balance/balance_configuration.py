# SPDX-License-Identifier: Apache-2.0
"""Values of the balance gains (config/balance.yaml), checked against the table of the C side."""
from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from humanoid_control.balance.native_structs import load_balance_library
from humanoid_control.balance.parameter_values import Parameter, ParameterValues
from humanoid_control.model.robot_description import share_path


class BalanceConfiguration(ParameterValues):
    """All gains of the balance controller by name, e.g. `configuration['hand.stiffness']`."""

    @classmethod
    @cache
    def parameters(cls) -> tuple[Parameter, ...]:
        """The table of c/parameters.h."""
        library = load_balance_library()
        entries = (library.balance_parameter(i).contents for i in range(library.balance_parameter_count()))
        return tuple(Parameter(e.name.decode(), e.minimum, e.maximum, e.unit.decode(), e.description.decode())
                     for e in entries)

    @classmethod
    def load(cls, path: str | Path | None = None) -> Self:
        """Read a file, by default the package's own; ConfigurationError names what is wrong in it."""
        return cls.read(path or share_path('config', 'balance.yaml'))

