# SPDX-License-Identifier: Apache-2.0
"""Settings that all perception nodes have (section `node` of their files)."""

from __future__ import annotations

from dataclasses import dataclass

RATES = 0.05, 30.0  # [Hz]


def require_rate(name: str, rate: float) -> None:
    """Raise ValueError when a rate [Hz] is out of range."""
    if not RATES[0] <= rate <= RATES[1]:
        raise ValueError(f'{name} must lie in [{RATES[0]:g}, {RATES[1]:g}], got {rate}')


@dataclass(frozen=True)
class NodeSettings:
    """Defaults of the node's parameters.

    Attributes:
        camera: camera of the robot file whose topics are used.
        rate: images used in a second, at most [Hz].
        stale_after: age of the newest image at which the camera counts as gone [s].
        nice: added to the process's niceness, 0 to 19.
    """

    camera: str
    rate: float
    stale_after: float
    nice: int

    def __post_init__(self) -> None:
        require_rate('rate', self.rate)
        for name, low, high in (('stale_after', 0.2, 60.0), ('nice', 0, 19)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f'{name} must lie in [{low:g}, {high:g}], got {getattr(self, name)}')
