# SPDX-License-Identifier: Apache-2.0
"""Settings of the simulated stand-in (config/simulator.yaml)."""
from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanoid_control.model.configuration import from_mapping, read_yaml
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path

CRATE_NEAREST, CRATE_FARTHEST = 0.8, 10.0     # [m] from the origin of the map: not in the robot, on the floor that is drawn


def _within(owner: object, bounds: Mapping[str, tuple[float, float]]) -> None:
    for name, (low, high) in bounds.items():
        value = getattr(owner, name)
        if value is not None and not low <= value <= high:
            raise ValueError(f'{name} must lie in [{low:g}, {high:g}], got {value}')


@dataclass(frozen=True)
class WorldSettings:
    """What stands where and how well known it is; lengths [m], angles [rad]."""

    seed: int
    friction: float
    mass_scale: float
    clearance: float
    nuts_per_tray: int
    nut_pitch: float
    nut_scatter: float
    bench_height: float | None
    crate: tuple[float, float] | None
    start_offset: float
    start_yaw: float
    casting_offset: float
    casting_yaw: float

    def __post_init__(self) -> None:
        _within(self, {'seed': (0, 2**31 - 1), 'friction': (0.05, 2), 'mass_scale': (0.5, 2),
                       'clearance': (1e-4, 2e-3), 'nuts_per_tray': (0, 9), 'nut_pitch': (0.04, 0.1),
                       'nut_scatter': (0, 0.01), 'bench_height': (0.7, 1.1), 'start_offset': (0, 0.1),
                       'start_yaw': (0, 0.2), 'casting_offset': (0, 0.02), 'casting_yaw': (0, 0.1)})
        if self.crate is not None and not CRATE_NEAREST <= math.hypot(*self.crate) <= CRATE_FARTHEST:
            raise ValueError(f'crate must stand {CRATE_NEAREST:g} to {CRATE_FARTHEST:g} m from where the robot starts, '
                             f'got x, y = {self.crate[0]:g}, {self.crate[1]:g}')


@dataclass(frozen=True)
class SensorSettings:
    """Root-mean-square errors of the sensors, scaled by `noise`; units as in config/simulator.yaml."""

    noise: float
    joint_position: float
    joint_velocity: float
    slide_position: float
    slide_velocity: float
    gyroscope: float
    gyroscope_bias: float
    accelerometer: float
    accelerometer_bias: float
    sole_force: float
    sole_torque: float
    wrist_force: float
    wrist_torque: float

    def __post_init__(self) -> None:
        _within(self, {'noise': (0, 10)})
        for field in dataclasses.fields(self):
            if getattr(self, field.name) < 0:
                raise ValueError(f'{field.name} must not be negative, got {getattr(self, field.name)}')


@dataclass(frozen=True)
class DriveSettings:
    """Delay [ms] of the loop and what the drives do without a fresh command."""

    delay_ms: float
    stale_after: float
    hold_stiffness: float
    hold_damping: float

    def __post_init__(self) -> None:
        _within(self, {'delay_ms': (0, 100), 'stale_after': (0.002, 1), 'hold_stiffness': (0, 100),
                       'hold_damping': (0, 10)})


@dataclass(frozen=True)
class NodeSettings:
    """Pace of the simulator node; times [s], rates [Hz]."""

    realtime: bool
    real_time_factor: float
    headless: bool
    start_timeout: float
    command_timeout: float
    lost_after: int
    pacing_lag: float
    pacing_timeout: float
    perception_lag: float
    perception_timeout: float
    camera_rate: float
    steps: int
    push_duration: float

    def __post_init__(self) -> None:
        _within(self, {'real_time_factor': (0, 100), 'start_timeout': (0, 3600), 'command_timeout': (0.01, 60),
                       'lost_after': (1, 1000), 'pacing_lag': (0.002, 1), 'pacing_timeout': (0.01, 60),
                       'perception_lag': (0.1, 10), 'perception_timeout': (0.01, 60),
                       'camera_rate': (0.1, 60), 'steps': (1, 100000), 'push_duration': (0.001, 10)})


@dataclass(frozen=True)
class SimulatorConfiguration:
    """All settings of the stand-in."""

    world: WorldSettings
    sensors: SensorSettings
    drive: DriveSettings
    node: NodeSettings

    @classmethod
    def load(cls, path: str | Path | None = None, options: Mapping[str, Any] | None = None) -> SimulatorConfiguration:
        """Read a simulator file (by default the package's own) and replace the settings named in `options`.

        Options are named as in the file without their section, e.g. `{'seed': 3, 'noise': 0.0}`.
        Raises ConfigurationError naming file or option, key, value and expectation.
        """
        path = path or share_path('config', 'simulator.yaml')
        mapping = read_yaml(path)
        from_mapping(cls, mapping, str(path))
        owner = cls.sections()
        for name, value in (options or {}).items():
            if name not in owner:
                raise ConfigurationError(f'simulator option {name!r} is unknown; known are {", ".join(sorted(owner))}')
            mapping[owner[name]][name] = value
        return from_mapping(cls, mapping, f'{path} with options' if options else str(path))

    @classmethod
    def sections(cls) -> dict[str, str]:
        """Section of every setting, by the setting's name."""
        parts = {'world': WorldSettings, 'sensors': SensorSettings, 'drive': DriveSettings, 'node': NodeSettings}
        return {field.name: section for section, part in parts.items() for field in dataclasses.fields(part)}
