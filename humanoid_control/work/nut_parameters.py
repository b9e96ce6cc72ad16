# SPDX-License-Identifier: Apache-2.0
"""Parameters of the nut station's work (config/nut_station.yaml)."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path
from humanoid_control.work.insertion import InsertionParameters


@dataclass(frozen=True)
class LookParameters:
    """Where the hands wait and how many images are taken; see the comments of the file."""

    hand_position: tuple[float, float, float]
    hand_yaw: float
    torso_pitch: float
    frames: int
    timeout: float
    speed: float
    min_score: float


@dataclass(frozen=True)
class GraspParameters:
    """Openings, heights and speeds of a grasp; see the comments of the file."""

    open: float
    height: float
    hover: float
    approach_speed: float
    down_speed: float
    blocked_force: float
    close_speed: float
    close_settle: float
    opening_tolerance: float
    lift: float
    lift_speed: float
    tries: int


@dataclass(frozen=True)
class TravelParameters:
    """Carrying a nut from tray to pin."""

    height: float
    speed: float
    settle: float
    tolerance: float


@dataclass(frozen=True)
class ReleaseParameters:
    """Letting go of a seated nut; see the comments of the file."""

    hold_force: float
    relax_time: float
    open_speed: float
    open_settle: float
    retreat: float
    retreat_speed: float


@dataclass(frozen=True)
class SeatCheckParameters:
    """The camera's look at a seated nut."""

    height_tolerance: float


@dataclass(frozen=True)
class WalkParameters:
    """Carrying nuts from station to station; see the comments of the file."""

    hand_position: tuple[float, float, float]
    hand_speed: float
    gaze: tuple[float, float, float]
    settle: float
    answer_time: float
    stall_time: float
    stall_distance: float
    still: float
    sightings: int
    sight_timeout: float
    distance: float
    angle: float
    corrections: int
    put_down: tuple[float, float]
    trips: int

    def __post_init__(self) -> None:
        for name in ('hand_speed', 'answer_time', 'stall_time', 'stall_distance', 'sightings', 'sight_timeout', 'distance', 'angle', 'trips'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} must be greater than 0, got {getattr(self, name)}')


@dataclass(frozen=True)
class NutParameters:
    """All of the nut station's work."""

    look: LookParameters
    grasp: GraspParameters
    travel: TravelParameters
    insertion: InsertionParameters
    release: ReleaseParameters
    seat_check: SeatCheckParameters
    walk: WalkParameters

    @classmethod
    def load(cls, path: str | Path | None = None) -> NutParameters:
        """Read a file; without a path the package's own. Raises ConfigurationError naming what is wrong."""
        return load(cls, path or share_path('config', 'nut_station.yaml'))
