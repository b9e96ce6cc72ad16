# SPDX-License-Identifier: Apache-2.0
"""Drawing of a work station (config/stations/NAME.yaml): regions and shapes, never measured poses."""
from __future__ import annotations

from dataclasses import dataclass, field
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
    """Bench with a tag board and trays of nuts, a fixture, or both with the same sides (`left`, `right`).

    Attributes:
        name, frame: of the station and of its frame in TF.
        nominal_pose: of the station frame, for a robot at its work place in base_footprint.
        nut: that lies in the trays and goes onto the fixture.
        fixture: None where only nuts are presented.
        trays: empty where nuts are only seated.
    """

    name: str
    frame: str
    nominal_pose: PlanarPose
    bench: Bench
    board: TagBoard
    nut: Nut
    fixture: Fixture | None = None
    trays: dict[str, Tray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pins = self.fixture.pins if self.fixture is not None else {}
        if not pins and not self.trays:
            raise ValueError('expected trays, a fixture with pins, or both, got neither')
        if pins and self.trays and set(self.trays) != set(pins):
            raise ValueError(f'trays {sorted(self.trays)} and fixture.pins {sorted(pins)} '
                             'must name the same sides')

    @classmethod
    def load(cls, path: str | Path | None = None) -> StationConfiguration:
        """Read a station file; without a path the nut station.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        return load(cls, path or share_path('config', 'stations', 'nut_station.yaml'))
