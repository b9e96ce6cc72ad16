# SPDX-License-Identifier: Apache-2.0
"""Settings of the simulated cameras (config/camera.yaml)."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path


@dataclass(frozen=True)
class CalibrationSettings:
    """Errors of a calibration, rms over seeds: share of the focal length, principal point [px], mount [rad]."""

    focal: float
    centre: float
    angle: float


@dataclass(frozen=True)
class ColourSettings:
    """Noise [grey levels rms], blur [px] and spread of the exposure."""

    noise: float
    blur: float
    gain: float


@dataclass(frozen=True)
class DepthSettings:
    """Axial noise [1/m], quantum [m], what counts as an edge, shares lost, and range [m]."""

    noise: float
    quantum: float
    edge_jump: float
    edge_loss: float
    loss: float
    near: float
    far: float

    def __post_init__(self) -> None:
        for name in ('edge_loss', 'loss'):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f'{name} must lie in [0, 1], got {getattr(self, name)}')
        if self.quantum <= 0 or not 0 < self.near < self.far:
            raise ValueError(f'quantum must be positive and 0 < near < far, got {self.quantum}, {self.near}, {self.far}')


@dataclass(frozen=True)
class CameraConfiguration:
    """Rates [Hz] by camera, quality and errors."""

    rates: dict[str, float]
    only_subscribed: bool
    samples: int
    calibration: CalibrationSettings
    colour: ColourSettings
    depth: DepthSettings

    def __post_init__(self) -> None:
        for name, rate in self.rates.items():
            if not 0 < rate <= 60:
                raise ValueError(f'rates.{name} must lie in (0, 60] Hz, got {rate}')
        if not 0 <= self.samples <= 16:
            raise ValueError(f'samples must lie in [0, 16], got {self.samples}')

    @classmethod
    def load(cls, path: str | Path | None = None) -> CameraConfiguration:
        """Read a camera file, by default the package's own; ConfigurationError names what is wrong in it."""
        return load(cls, path or share_path('config', 'camera.yaml'))
