# SPDX-License-Identifier: Apache-2.0
"""Actuator models as data (config/actuators/*.yaml)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from humanoid_control.drivers.messages import Ranges
from humanoid_control.model.configuration import load
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path

FAMILIES = ('cybergear', 'robstride')


@dataclass(frozen=True)
class WireRanges:
    """Ranges of the wire form at the output shaft [rad, rad/s, N m, N m/rad, N m s/rad]."""

    position: float
    velocity: float
    torque: float
    kp: float
    kd: float

    def __post_init__(self) -> None:
        for name in ('position', 'velocity', 'torque', 'kp', 'kd'):
            if getattr(self, name) <= 0:
                raise ValueError(f'{name} must be positive, got {getattr(self, name)}')


@dataclass(frozen=True)
class TemperatureLimits:
    """Torque falls linearly from full at `derate_from` to none at `stop_at` [deg C]."""

    derate_from: float
    stop_at: float

    def __post_init__(self) -> None:
        if not self.derate_from < self.stop_at:
            raise ValueError(f'derate_from {self.derate_from} must lie below stop_at {self.stop_at}')


@dataclass(frozen=True)
class VoltageLimits:
    """Torque falls linearly from full at `derate_below` to none at `minimum`; above `maximum` is a fault [V]."""

    minimum: float
    derate_below: float
    maximum: float

    def __post_init__(self) -> None:
        if not 0 < self.minimum < self.derate_below < self.maximum:
            raise ValueError(
                'expected 0 < minimum < derate_below < maximum, got '
                f'{self.minimum}, {self.derate_below}, {self.maximum}'
            )


@dataclass(frozen=True)
class ActuatorModel:
    """One type of actuator.

    Attributes:
        family: `robstride` or `cybergear`; they differ in parameters and fault reports.
        rated_torque: continuous torque [N m].
    """

    name: str
    family: str
    ranges: WireRanges
    rated_torque: float
    temperature: TemperatureLimits
    voltage: VoltageLimits

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f'family must be one of {", ".join(FAMILIES)}, got {self.family!r}')
        if not 0 < self.rated_torque <= self.ranges.torque:
            raise ValueError(f'rated_torque must lie in (0, {self.ranges.torque}], got {self.rated_torque}')

    @property
    def wire_ranges(self) -> Ranges:
        """Ranges for the codec."""
        ranges = self.ranges
        return Ranges(ranges.position, ranges.velocity, ranges.torque, ranges.kp, ranges.kd)

    @property
    def has_drive_timeout(self) -> bool:
        """Whether the drive goes limp by itself when its bus falls silent."""
        return self.family == 'robstride'


def load_actuator_models(folder: str | Path | None = None) -> dict[str, ActuatorModel]:
    """All models of a folder (by default config/actuators) by name.

    Raises ConfigurationError naming file, key, value and expectation, or two files with one name.
    """
    folder = Path(folder) if folder else share_path('config', 'actuators')
    models: dict[str, ActuatorModel] = {}
    for path in sorted(folder.glob('*.yaml')):
        model = load(ActuatorModel, path)
        if model.name in models:
            raise ConfigurationError(f'{path}: name {model.name!r} is already taken by another file of {folder}')
        models[model.name] = model
    if not models:
        raise ConfigurationError(f'{folder}: holds no actuator model (*.yaml)')
    return models


def models_with_peak(models: dict[str, ActuatorModel], torque: float) -> list[str]:
    """Names of the models whose peak torque is `torque` [N m]."""
    return [name for name, model in models.items() if math.isclose(model.ranges.torque, torque, rel_tol=0.01)]
