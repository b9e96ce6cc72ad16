# SPDX-License-Identifier: Apache-2.0
"""Every fault, its reaction and its remedy (config/faults.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path
from humanoid_control.safety.stop_category import StopCategory


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault.

    Attributes:
        stop: stop category that it demands: 0, 1 or 2.
        title, cause, remedy: for people.
        after: how long its cause must last [s].
        sits_after: how long the cause of a fault of category 2 may last before the robot sits down [s]; None: for ever.
    """

    stop: int
    title: str
    cause: str
    remedy: str
    after: float = 0.0
    sits_after: float | None = None

    def __post_init__(self) -> None:
        if self.stop not in (0, 1, 2):
            raise ValueError(f'stop: expected 0, 1 or 2, got {self.stop}')
        if self.after < 0:
            raise ValueError(f'after must not be negative [s], got {self.after}')
        if self.sits_after is not None and (self.stop != 2 or self.sits_after <= 0):
            raise ValueError(
                f'sits_after: only for category 2 and positive [s], got {self.sits_after} for category {self.stop}'
            )

    @property
    def category(self) -> StopCategory:
        """Stop category that it demands."""
        return StopCategory(self.stop)


@dataclass(frozen=True)
class FaultTable:
    """All kinds by code."""

    faults: dict[str, FaultKind]

    @classmethod
    def load(cls, path: str | Path | None = None) -> FaultTable:
        """Read the table; without a path the package's own. Raises ConfigurationError naming file, key and value."""
        return load(cls, path or share_path('config', 'faults.yaml'))

    def __getitem__(self, code: str) -> FaultKind:
        """Kind of a code; ConfigurationError names one that is not in the table."""
        try:
            return self.faults[code]
        except KeyError:
            raise ConfigurationError(
                f'fault {code!r} is not in config/faults.yaml; known are {", ".join(sorted(self.faults))}'
            ) from None
