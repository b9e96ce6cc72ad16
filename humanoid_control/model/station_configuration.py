# SPDX-License-Identifier: Apache-2.0
"""Drawing of a work station (config/stations/NAME.yaml): regions and shapes, never measured poses."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path


@dataclass(frozen=True)
class PlanarPose:
    """Pose with upright z: position [m] and yaw [rad]."""

    x: float
    y: float
    z: float
    yaw: float


@dataclass(frozen=True)
class Bench:
    """Bench top: height over the floor, size and centre in the station frame [m]."""

    height: float
    size: tuple[float, float]
    centre: tuple[float, float]


@dataclass(frozen=True)
class TagBoard:
    """Flat board of AprilTags: edge of the black square [m] and centres [m] in the station frame by id."""

    family: str
    tag_size: float
    tags: dict[int, tuple[float, float]]


@dataclass(frozen=True)
class Fixture:
    """Bosses with chamfered pins; lengths [m], nominal seat centres in the station frame."""

    boss_radius: float
    boss_height: float
    pin_height: float
    pin_chamfer: float
    search_radius: float
    pins: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Nut:
    """Hexagonal nut; lengths [m], mass [kg]."""

    across_flats: float
    height: float
    hole_diameter: float
    mass: float


@dataclass(frozen=True)
class Tray:
    """Rectangle of the bench top [m] in the station frame in which nuts are presented."""

    centre: tuple[float, float]
    size: tuple[float, float]


@dataclass(frozen=True)
class StationConfiguration:
    """Nut station: bench, tag board, fixture, nut and trays by side (`left`, `right`)."""

    name: str
    frame: str
    nominal_pose: PlanarPose
    bench: Bench
    board: TagBoard
    fixture: Fixture
    nut: Nut
    trays: dict[str, Tray]

    def __post_init__(self) -> None:
        if set(self.trays) != set(self.fixture.pins):
            raise ValueError(f'trays {sorted(self.trays)} and fixture.pins {sorted(self.fixture.pins)} '
                             'must name the same sides')

    @classmethod
    def load(cls, path: str | Path | None = None) -> StationConfiguration:
        """Read a station file; without a path the nut station.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        return load(cls, path or share_path('config', 'stations', 'nut_station.yaml'))
