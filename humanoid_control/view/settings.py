# SPDX-License-Identifier: Apache-2.0
"""Settings of the browser view (config/view.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path


@dataclass(frozen=True)
class ViewRates:
    """How often the page changes [Hz] while somebody watches."""

    motion: float
    text: float
    cameras: float

    def __post_init__(self) -> None:
        for name in ('motion', 'text', 'cameras'):
            if not 0 < getattr(self, name) <= 60:
                raise ValueError(f'{name} must lie in (0, 60] Hz, got {getattr(self, name)}')


@dataclass(frozen=True)
class ViewSettings:
    """What the page shows and who may open it."""

    host: str
    port: int
    token_file: str
    rates: ViewRates
    cameras: tuple[str, ...]
    picture_width: int
    log_lines: int
    silent_after: float

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ValueError(f'port must lie in 0 to 65535, got {self.port}')
        for name in ('picture_width', 'log_lines', 'silent_after'):
            if getattr(self, name) <= 0:
                raise ValueError(f'{name} must be positive, got {getattr(self, name)}')

    @classmethod
    def load(cls, path: str | Path | None = None) -> ViewSettings:
        """Read the file; without a path the package's own. Raises ConfigurationError naming file, key and value."""
        return load(cls, path or share_path('config', 'view.yaml'))
