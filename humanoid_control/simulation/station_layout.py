# SPDX-License-Identifier: Apache-2.0
"""Where robot, casting and nuts really are: drawn from the seed, new for every part of the line."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.station_configuration import StationConfiguration, Tray
from humanoid_control.simulation.configuration import WorldSettings

_LAYOUT_STREAM = 1     # keeps the layout's random numbers apart from those of the sensors


@dataclass(frozen=True)
class StationLayout:
    """Poses (x [m], y [m], yaw [rad]).

    Attributes:
        robot: footprint of the robot in the world.
        casting: casting against its nominal pose, in the frame of the fixture's station.
        nuts: nuts in the frame of the feeder, shape (n, 3), tray by tray.
    """

    robot: tuple[float, float, float]
    casting: tuple[float, float, float]
    nuts: np.ndarray

    @classmethod
    def draw(cls, settings: WorldSettings, feeder: StationConfiguration | None, cycle: int) -> StationLayout:
        """Draw the layout of one cycle with nuts in the trays of `feeder`; the robot's start depends on the seed alone.

        Raises ConfigurationError when a tray is too small for its nuts.
        """
        start = np.random.default_rng((settings.seed, _LAYOUT_STREAM)).uniform(-1, 1, 3)
        random = np.random.default_rng((settings.seed, _LAYOUT_STREAM, cycle + 1))
        lie = random.uniform(-1, 1, 3)
        nuts = []
        if feeder is not None:
            pattern = nut_pattern(settings.nuts_per_tray, settings.nut_pitch)
            for side, tray in feeder.trays.items():
                _check_fit(side, tray, pattern, settings, feeder)
                places = pattern + np.array(tray.centre) + random.uniform(-1, 1, pattern.shape) * settings.nut_scatter
                nuts.append(np.column_stack([places, random.uniform(-math.pi, math.pi, len(places))]))
        return cls(
            robot=_scaled(start, settings.start_offset, settings.start_yaw),
            casting=_scaled(lie, settings.casting_offset, settings.casting_yaw),
            nuts=np.concatenate(nuts) if nuts else np.zeros((0, 3)))


def nut_pattern(count: int, pitch: float) -> np.ndarray:
    """Square pattern of `count` places about the origin, neighbours `pitch` [m] apart; shape (count, 2)."""
    columns = math.ceil(math.sqrt(count)) if count else 1
    index = np.arange(count)
    places = np.column_stack([index // columns, index % columns]).astype(float)
    if count:
        places -= (places.max(axis=0) + places.min(axis=0)) / 2
    return places * pitch


def _check_fit(side: str, tray: Tray, pattern: np.ndarray, settings: WorldSettings,
               station: StationConfiguration) -> None:
    if not len(pattern):
        return
    needed = 2 * (np.abs(pattern).max(axis=0) + settings.nut_scatter + station.nut.across_flats / math.sqrt(3))
    for axis, name in enumerate(('length', 'width')):
        if needed[axis] > tray.size[axis]:
            raise ConfigurationError(
                f'tray {side!r} has {name} {tray.size[axis]} m, but {settings.nuts_per_tray} nuts at '
                f'{settings.nut_pitch} m need {needed[axis]:.3f} m: lower nuts_per_tray or nut_pitch')


def _scaled(unit: np.ndarray, offset: float, yaw: float) -> tuple[float, float, float]:
    return float(unit[0] * offset), float(unit[1] * offset), float(unit[2] * yaw)
