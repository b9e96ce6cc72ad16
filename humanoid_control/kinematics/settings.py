# SPDX-License-Identifier: Apache-2.0
"""Settings of the kinematics (config/kinematics.yaml)."""
from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from humanoid_control.kinematics.trajectories import MotionLimits
from humanoid_control.model import share_path
from humanoid_control.model.configuration import load


def number(default: float, about: str, low: float, high: float) -> Any:
    """Field of a settings class: default, description, least and greatest value."""
    return field(default=default, metadata={'about': about, 'range': (low, high)})


class Ranged:
    """Settings whose numbers must lie in the ranges of their fields."""

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            if 'range' in entry.metadata:
                low, high = entry.metadata['range']
                value = getattr(self, entry.name)
                if not low <= value <= high:
                    raise ValueError(f'{entry.name}: expected a number in {low:g}..{high:g}, got {value:g}')


@dataclass(frozen=True)
class Costs(Ranged):
    """Costs of the tasks; only their ratios matter."""

    feet: float = number(20.0, 'pose of the soles [1/m, 1/rad]', 0.1, 1000.0)
    com: float = number(15.0, 'position of the centre of mass [1/m]', 0.1, 1000.0)
    torso: float = number(3.0, 'orientation of the torso [1/rad]', 0.01, 1000.0)
    pelvis: float = number(1.0, 'orientation of the base [1/rad]', 0.01, 1000.0)
    hand_position: float = number(3.0, 'position of a gripper [1/m]', 0.01, 1000.0)
    hand_orientation: float = number(1.0, 'orientation of a gripper [1/rad]', 0.01, 1000.0)
    gaze: float = number(3.0, 'direction of the head [1/rad]', 0.01, 1000.0)
    posture_arms: float = number(0.05, 'preferred angles of the arm joints [1/rad]', 1e-5, 1.0)
    joint_motion: float = number(2.0, 'angles of an arm or head that is led by its joints [1/rad]', 0.01, 1000.0)
    posture_other: float = number(0.005, 'preferred angles of the other joints [1/rad]', 1e-5, 1.0)
    damping: float = number(1e-6, 'any motion at all [1/m^2, 1/rad^2]', 1e-9, 1e-2)


@dataclass(frozen=True)
class Motion:
    """Limits of the trajectories on which targets are followed, for each coordinate."""

    hand: MotionLimits = field(default=MotionLimits(0.5, 4.0, 300.0), metadata={'about': 'position of a hand, m'})
    hand_turn: MotionLimits = field(default=MotionLimits(2.5, 20.0, 1500.0), metadata={'about': 'orientation of a hand, rad'})
    com: MotionLimits = field(default=MotionLimits(0.15, 0.5, 5.0), metadata={'about': 'centre of mass, m'})
    torso: MotionLimits = field(default=MotionLimits(0.4, 1.0, 10.0), metadata={'about': 'torso pitch, rad'})
    gaze: MotionLimits = field(default=MotionLimits(1.0, 4.0, 40.0), metadata={'about': 'point looked at, m'})
    posture: MotionLimits = field(default=MotionLimits(1.5, 6.0, 60.0), metadata={'about': 'preferred arm angles, rad'})


@dataclass(frozen=True)
class JointSettings(Ranged):
    """Limits that the joints are held to, within those of the URDF."""

    margin: float = number(0.02, 'distance to the position limits [rad]', 0.0, 0.3)
    velocity_share: float = number(0.6, 'share of the velocity limits that is used', 0.01, 1.0)
    acceleration: float = number(80.0, 'largest acceleration [rad/s^2]', 1.0, 1000.0)
    posture_rate: float = number(4.0, 'approach to the preferred angles [1/s]', 0.0, 50.0)
    recovery: float = number(2.0, 'acceleration that making good a lag may need [m/s^2, rad/s^2]', 0.1, 100.0)


@dataclass(frozen=True)
class CollisionSettings(Ranged):
    """Self-collision: see SelfCollision."""

    margin: float = number(0.015, 'distance that links keep [m]', 0.0, 0.1)
    range: float = number(0.06, 'distance below which links are watched [m]', 0.01, 0.5)
    gain: float = number(5.0, 'approach speed per distance left [1/s]', 0.5, 100.0)
    rows: int = field(default=6, metadata={'about': 'pairs of links that may hold up one step', 'range': (1, 50)})


@dataclass(frozen=True)
class Acceptance(Ranged):
    """Which targets are taken, and when a hand counts as held up."""

    far_distance: float = number(0.05, 'a target this far from the present one is a jump: any arm posture may do [m]', 0.0, 1.0)
    far_angle: float = number(0.17, 'a target turned this far from the present one is a jump [rad]', 0.0, 3.2)
    check_distance: float = number(0.01, 'nearer to the last target checked, reach isn\'t checked again [m]', 0.0, 1.0)
    check_angle: float = number(0.05, 'the same for the angle [rad]', 0.0, 3.2)
    lowest_com: float = number(0.55, 'lowest target of the centre of mass over the floor [m]', 0.1, 2.0)
    sitting_com: float = number(0.62, 'centre of mass over the floor at the end of a controlled sit [m]', 0.1, 2.0)
    highest_com: float = number(0.91, 'highest target of the centre of mass over the floor [m]', 0.1, 2.0)
    least_pitch: float = number(-0.1, 'least forward pitch of the torso [rad]', -1.0, 0.0)
    greatest_pitch: float = number(0.7, 'greatest forward pitch of the torso [rad]', 0.0, 1.5)
    stale_after: float = number(0.5, 'oldest stamp that is taken, and farthest in the future [s]', 0.01, 60.0)
    lost_distance: float = number(0.02, 'a hand this far behind its trajectory is held up [m]', 0.001, 1.0)
    lost_angle: float = number(0.15, 'a hand turned this far from its trajectory is held up [rad]', 0.01, 3.2)
    lost_time: float = number(0.3, 'a hand held up for this long is stopped and reported [s]', 0.0, 10.0)


@dataclass(frozen=True)
class ReachSettings(Ranged):
    """Search for arm postures."""

    seeds: int = field(default=24, metadata={'about': 'start postures tried besides the present one', 'range': (0, 1000)})
    margin: float = number(0.01, 'distance to the joint limits that a posture must keep [rad]', 0.0, 0.5)
    enough_margin: float = number(0.35, 'distance to the joint limits beyond which more is not sought [rad]', 0.0, 3.0)
    position_tolerance: float = number(5e-4, 'error of a pose that counts as reached [m]', 1e-6, 0.1)
    orientation_tolerance: float = number(2e-3, 'error of a pose that counts as reached [rad]', 1e-6, 0.5)


@dataclass(frozen=True)
class KinematicsSettings:
    """Everything that can be set."""

    costs: Costs = field(default_factory=Costs)
    motion: Motion = field(default_factory=Motion)
    joints: JointSettings = field(default_factory=JointSettings)
    collision: CollisionSettings = field(default_factory=CollisionSettings)
    acceptance: Acceptance = field(default_factory=Acceptance)
    reach: ReachSettings = field(default_factory=ReachSettings)

    @classmethod
    def load(cls, path: str | Path | None = None) -> KinematicsSettings:
        """Read a settings file; without a path the package's own.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        return load(cls, path or share_path('config', 'kinematics.yaml'))

    def numbers(self) -> Iterator[tuple[str, float | int, str, tuple[float, float]]]:
        """Every number: dotted name, value, description, range."""
        for section in dataclasses.fields(self):
            part = getattr(self, section.name)
            for entry in dataclasses.fields(part):
                value, name = getattr(part, entry.name), f'{section.name}.{entry.name}'
                if isinstance(value, MotionLimits):
                    what, unit = entry.metadata['about'].rsplit(', ', 1)
                    for rate, power in (('velocity', 's'), ('acceleration', 's^2'), ('jerk', 's^3')):
                        yield f'{name}.{rate}', getattr(value, rate), f'{what}: largest {rate} [{unit}/{power}]', (1e-4, 1e5)
                else:
                    yield name, value, entry.metadata['about'], entry.metadata['range']

    def with_numbers(self, numbers: dict[str, float | int]) -> KinematicsSettings:
        """These settings with other numbers, by dotted name as `numbers` gives them; ValueError for one out of range."""
        return _replaced(self, {tuple(name.split('.')): value for name, value in numbers.items()})


def _replaced(settings: Any, values: dict[tuple[str, ...], float | int]) -> Any:
    changes: dict[str, Any] = {}
    for name in {path[0] for path in values}:
        below = {path[1:]: value for path, value in values.items() if path[0] == name}
        changes[name] = below[()] if () in below else _replaced(getattr(settings, name), below)
    return dataclasses.replace(settings, **changes)
