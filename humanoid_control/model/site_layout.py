# SPDX-License-Identifier: Apache-2.0
"""Drawing of a site (config/layouts/NAME.yaml): where stations and obstacles stand on the floor, in the frame `map`."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.station_configuration import PlanarPose, StationConfiguration

MAP = 'map'


@dataclass(frozen=True)
class StationPlace:
    """Entry of a layout file: file of the station, relative to the layout's folder; its frame's pose in `frame`."""

    file: str
    frame: str
    x: float
    y: float
    yaw: float


@dataclass(frozen=True)
class Obstacle:
    """Box on the floor: centre [m], yaw [rad], size along its own x and y [m], height [m]."""

    x: float
    y: float
    yaw: float
    size: tuple[float, float]
    height: float

    def __post_init__(self) -> None:
        for name, value in (('size', min(self.size)), ('height', self.height)):
            if not value > 0.0:
                raise ValueError(f'{name} must be greater than 0 m, got {value}')

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Corners on the floor [m], counterclockwise."""
        return rectangle(self.x, self.y, self.yaw, (0.0, 0.0), self.size)


@dataclass(frozen=True)
class LayoutFile:
    """A layout file as it is written.

    Attributes:
        frame: of all coordinates.
        resolution: edge of a cell of the floor map [m].
        outline: corners of the floor [m].
        stations, obstacles: by name.
    """

    frame: str
    resolution: float
    outline: tuple[tuple[float, float], ...]
    stations: dict[str, StationPlace]
    obstacles: dict[str, Obstacle] = field(default_factory=dict)


@dataclass(frozen=True)
class PlacedStation:
    """A station's drawing and the drawn pose of its frame on the site."""

    station: StationConfiguration
    pose: PlanarPose

    @property
    def work_place(self) -> PlanarPose:
        """Where base_footprint of a robot that works here belongs, on the floor."""
        nominal, yaw = self.station.nominal_pose, self.pose.yaw - self.station.nominal_pose.yaw
        c, s = math.cos(yaw), math.sin(yaw)
        return PlanarPose(self.pose.x - c * nominal.x + s * nominal.y, self.pose.y - s * nominal.x - c * nominal.y, 0.0, yaw)

    @property
    def footprint(self) -> tuple[tuple[float, float], ...]:
        """Corners of the bench on the floor [m], counterclockwise."""
        bench = self.station.bench
        return rectangle(self.pose.x, self.pose.y, self.pose.yaw, bench.centre, bench.size)


@dataclass(frozen=True)
class SiteLayout:
    """Stations and obstacles on one floor; the robot is switched on at the origin.

    Attributes:
        frame: name of the frame of all poses.
        stations: by name; exactly one has trays and exactly one a fixture, which may be the same.
        resolution, outline: of the floor [m]; without an outline the floor is open.
        obstacles: boxes by name.
    """

    frame: str
    stations: dict[str, PlacedStation]
    resolution: float = 0.04
    outline: tuple[tuple[float, float], ...] = ()
    obstacles: dict[str, Obstacle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        placed = list(self.stations.values())
        for what, having in (('trays', [p for p in placed if p.station.trays]),
                             ('a fixture', [p for p in placed if p.station.fixture is not None])):
            if len(having) != 1:
                raise ValueError(f'stations: expected exactly one with {what}, got '
                                 f'{", ".join(p.station.name for p in having) or "none"}')
        frames: dict[str, str] = {self.frame: 'the map'}
        tags: dict[tuple[str, int], str] = {}
        for station in (p.station for p in placed):
            if station.frame in frames:
                raise ValueError(f'stations: frame {station.frame!r} of {station.name!r} is that of {frames[station.frame]} already')
            frames[station.frame] = station.name
            for tag in station.board.tags:
                owner = tags.setdefault((station.board.family, tag), station.name)
                if owner != station.name:
                    raise ValueError(f'stations: tag {tag} is on the boards of both {owner!r} and {station.name!r}: '
                                     'a camera could not tell them apart')

    @classmethod
    def load(cls, path: str | Path) -> SiteLayout:
        """Read a layout file and the station files that it names.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        content, stations = load(LayoutFile, path), {}
        for name, place in content.stations.items():
            where = f'{path}: stations.{name}'
            if place.frame != content.frame:
                raise ConfigurationError(f'{where}.frame: expected {content.frame!r}, the frame of this layout, got {place.frame!r}')
            station = StationConfiguration.load(Path(path).parent / place.file)
            if station.name != name:
                raise ConfigurationError(f'{where}.file: expected the file of station {name!r}, {place.file} is that of {station.name!r}')
            stations[name] = PlacedStation(station, PlanarPose(place.x, place.y, station.nominal_pose.z, place.yaw))
        try:
            return cls(content.frame, stations, content.resolution, content.outline, content.obstacles)
        except ValueError as error:
            raise ConfigurationError(f'{path}: {error}') from error

    @classmethod
    def of_station(cls, station: StationConfiguration) -> SiteLayout:
        """One station alone, at its nominal pose from where the robot is switched on.

        Raises ConfigurationError when it lacks trays or a fixture.
        """
        try:
            return cls(MAP, {station.name: PlacedStation(station, station.nominal_pose)})
        except ValueError as error:
            raise ConfigurationError(f'station {station.name!r} alone: {error}') from error

    @classmethod
    def of_files(cls, layout_file: str, station_file: str) -> SiteLayout:
        """The site of a layout file, or where that is empty the one station of a station file; raises as `load`."""
        return cls.load(layout_file) if layout_file else cls.of_station(StationConfiguration.load(station_file))

    @property
    def feeder(self) -> PlacedStation:
        """The station with the trays."""
        return next(placed for placed in self.stations.values() if placed.station.trays)

    @property
    def fixture(self) -> PlacedStation:
        """The station with the fixture."""
        return next(placed for placed in self.stations.values() if placed.station.fixture is not None)


def rectangle(x: float, y: float, yaw: float, centre: tuple[float, float],
              size: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Corners [m], counterclockwise, of a rectangle that is given in a frame at (x, y) [m], yaw [rad]."""
    c, s = math.cos(yaw), math.sin(yaw)
    corners = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        u, v = centre[0] + sx * size[0] / 2, centre[1] + sy * size[1] / 2
        corners.append((x + c * u - s * v, y + s * u + c * v))
    return tuple(corners)
