# SPDX-License-Identifier: Apache-2.0
"""Settings of the supervisor (config/safety.yaml)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path


class _Positive:
    """Refuses numbers that are not positive."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if getattr(self, field.name) <= 0:
                raise ValueError(f'{field.name} must be positive, got {getattr(self, field.name)}')


@dataclass(frozen=True)
class SitSettings(_Positive):
    """When a controlled sit is over: share of the standing height, time below it [s], longest time [s]."""

    height_share: float
    settled_for: float
    timeout: float


@dataclass(frozen=True)
class FreshnessSettings(_Positive):
    """Oldest data that are believed [s] of the robot's time; `clock` [s] of real time; `clock_jump` [s]."""

    joints: float
    estimate: float
    reference: float
    imu: float
    soles: float
    clock: float
    clock_jump: float


@dataclass(frozen=True)
class JointSettings(_Positive):
    """Limits of joints: `position_margin`, `tracking`, `jump`, `stuck` [rad]; shares of the URDF's limits; [degree C]; [V]."""

    position_margin: float
    velocity_share: float
    torque_share: float
    tracking: float
    jump: float
    stuck: float
    temperature: float
    voltage: float


@dataclass(frozen=True)
class BalanceSettings(_Positive):
    """Limits of standing: `pressure_margin`, `capture_distance` [m]; `tilt`, `fallen_tilt` [rad]; shares of height and weight."""

    pressure_margin: float
    capture_distance: float
    tilt: float
    fallen_tilt: float
    fallen_height_share: float
    load_error: float
    weight_share: float


@dataclass(frozen=True)
class SensorSettings(_Positive):
    """When sensors are not believed: equal samples, `moving` [rad/s], `upright` [rad], `quiet` [m/s^2], filter [s]."""

    frozen_rounds: int
    moving: float
    upright: float
    quiet: float
    gravity_filter: float


@dataclass(frozen=True)
class ButtonSettings:
    """Stop button: whether there has to be one; `silent` [s] of real time after which one that was there is lost."""

    required: bool
    silent: float

    def __post_init__(self) -> None:
        if not 0.1 <= self.silent <= 5:
            raise ValueError(f'silent must lie in 0.1 to 5 s, got {self.silent}')


@dataclass(frozen=True)
class SafetySettings:
    """Everything; `rate` [Hz] of real time."""

    rate: float
    sit: SitSettings
    freshness: FreshnessSettings
    joints: JointSettings
    balance: BalanceSettings
    sensors: SensorSettings
    button: ButtonSettings

    def __post_init__(self) -> None:
        if not 10 <= self.rate <= 50:
            raise ValueError(f'rate must lie in 10 to 50 Hz, got {self.rate}')

    @classmethod
    def load(cls, path: str | Path | None = None) -> SafetySettings:
        """Read the file; without a path the package's own. Raises ConfigurationError naming file, key and value."""
        return load(cls, path or share_path('config', 'safety.yaml'))
