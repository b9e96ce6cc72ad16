# SPDX-License-Identifier: Apache-2.0
"""Settings of the gait (config/walking.yaml), checked against the table of the C side."""
from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from humanoid_control.balance.parameter_values import Parameter, ParameterValues
from humanoid_control.balance.walk.native_structs import load_walk_library
from humanoid_control.model.robot_description import share_path


class WalkConfiguration(ParameterValues):
    """All settings of the gait by name, e.g. `configuration['gait.step_time']`."""

    @classmethod
    @cache
    def parameters(cls) -> tuple[Parameter, ...]:
        """The table of c/walk_parameters.h."""
        library = load_walk_library()
        entries = (library.walk_parameter(i).contents for i in range(library.walk_parameter_count()))
        return tuple(Parameter(e.name.decode(), e.minimum, e.maximum, e.unit.decode(), e.description.decode())
                     for e in entries)

    @classmethod
    def load(cls, path: str | Path | None = None) -> Self:
        """Read a file, by default the package's own; ConfigurationError names what is wrong in it."""
        return cls.read(path or share_path('config', 'walking.yaml'))

