# SPDX-License-Identifier: Apache-2.0
"""Settings of the joint driver (config/joint_driver.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path


def _within(owner: object, bounds: Mapping[str, tuple[float, float]]) -> None:
    for name, (low, high) in bounds.items():
        if not low <= getattr(owner, name) <= high:
            raise ValueError(f'{name} must lie in [{low:g}, {high:g}], got {getattr(owner, name)}')


@dataclass(frozen=True)
class ExchangeSettings:
    """Pace and patience of the exchange; times [s], rate [Hz]. What each means: config/joint_driver.yaml."""

    rate: float
    command_window: float
    stale_after: float
    sit_after: float
    sit_time: float
    blend_time: float
    silent_after: float
    enable_time: float
    poll_every: int
    drive_timeout: float
    real_time_priority: int

    def __post_init__(self) -> None:
        _within(
            self,
            {
                'rate': (50, 1000),
                'command_window': (0, self.period),
                'stale_after': (self.period, 10),
                'sit_after': (self.stale_after, 60),
                'sit_time': (0.5, 60),
                'blend_time': (0.01, 5),
                'silent_after': (2 * self.period, 10),
                'enable_time': (0.05, 10),
                'poll_every': (0, 100000),
                'drive_timeout': (2 * self.period, 60),
                'real_time_priority': (0, 99),
            },
        )

    @property
    def period(self) -> float:
        """Time of one tick [s]."""
        return 1.0 / self.rate


@dataclass(frozen=True)
class JointLimits:
    """Margins about the URDF's limits and the law that holds; [rad], [m] for slides."""

    soft_margin: float
    slide_margin: float
    hard_margin: float
    slide_hard_margin: float
    limit_depth: float
    slide_limit_depth: float
    hold_stiffness: float
    hold_damping: float

    def __post_init__(self) -> None:
        _within(
            self,
            {
                'soft_margin': (0, 0.5),
                'slide_margin': (0, 0.01),
                'hard_margin': (0, 1),
                'slide_hard_margin': (0, 0.1),
                'limit_depth': (0.001, 1),
                'slide_limit_depth': (1e-4, 0.1),
                'hold_stiffness': (0, 100),
                'hold_damping': (0, 10),
            },
        )


@dataclass(frozen=True)
class SetUpSettings:
    """Patience [s] and thoroughness while motors are identified and set up."""

    reply_timeout: float
    attempts: int
    scan_to: int

    def __post_init__(self) -> None:
        _within(self, {'reply_timeout': (0.001, 5), 'attempts': (1, 20), 'scan_to': (0, 127)})


@dataclass(frozen=True)
class DriverSettings:
    """All settings of the joint driver."""

    exchange: ExchangeSettings
    joints: JointLimits
    set_up: SetUpSettings

    @classmethod
    def load(cls, path: str | Path | None = None) -> DriverSettings:
        """Read a settings file; without a path the package's own.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        return load(cls, path or share_path('config', 'joint_driver.yaml'))
