# SPDX-License-Identifier: Apache-2.0
"""Settings of the kinematics (config/kinematics.yaml)."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from humanoid_control.kinematics.trajectories import MotionLimits
from humanoid_control.model import ConfigurationError, share_path
from humanoid_control.model.configuration import from_mapping, read_yaml


@dataclass(frozen=True)
class Costs:
    """Costs of the tasks in [1/m] or [1/rad]; only their ratios matter."""

    feet: float = 20.0
    com: float = 8.0
    torso: float = 3.0
    pelvis: float = 1.0
    hand_position: float = 3.0
    hand_orientation: float = 1.0
    gaze: float = 0.5
    posture_arms: float = 0.02
    posture_other: float = 0.005
    damping: float = 1e-6

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0.0:
                raise ValueError(f'{name}: expected a positive number, got {value}')


@dataclass(frozen=True)
class Motion:
    """Limits of the trajectories that targets are followed on."""

    hand: MotionLimits = MotionLimits(0.5, 4.0, 300.0)
    hand_turn: MotionLimits = MotionLimits(2.5, 20.0, 1500.0)
    com: MotionLimits = MotionLimits(0.15, 0.5, 5.0)
    torso: MotionLimits = MotionLimits(0.4, 1.0, 10.0)
    gaze: MotionLimits = MotionLimits(1.0, 4.0, 40.0)
    posture: MotionLimits = MotionLimits(1.5, 6.0, 60.0)


@dataclass(frozen=True)
class JointSettings:
    """Limits that the joints are held to, within those of the URDF.

    Attributes:
        margin: distance to the position limits [rad].
        velocity_share: share of the velocity limits that is used.
        acceleration: largest acceleration [rad/s^2].
        posture_rate: approach to the preferred posture [1/s].
    """

    margin: float = 0.02
    velocity_share: float = 0.6
    acceleration: float = 80.0
    posture_rate: float = 4.0

    def __post_init__(self) -> None:
        if not (self.margin >= 0.0 and 0.0 < self.velocity_share <= 1.0 and self.acceleration > 0.0 and self.posture_rate >= 0.0):
            raise ValueError(f'expected margin >= 0, velocity_share in (0, 1], acceleration > 0, posture_rate >= 0; got {vars(self)}')


@dataclass(frozen=True)
class CollisionSettings:
    """Self-collision: see SelfCollision."""

    margin: float = 0.015
    range: float = 0.06
    gain: float = 8.0
    rows: int = 6


@dataclass(frozen=True)
class Acceptance:
    """When targets are taken.

    Attributes:
        far_distance [m], far_angle [rad]: a hand target this far from the one last checked is checked for reach.
        com_height: lowest and highest target over the floor [m].
        torso_pitch: least and greatest forward pitch [rad].
        stale_after: oldest stamp that is taken [s].
        lost_distance [m], lost_angle [rad], lost_time [s]: a hand farther than this behind its trajectory for this long is
            reported and stopped.
    """

    far_distance: float = 0.05
    far_angle: float = 0.17
    com_height: tuple[float, float] = (0.55, 0.92)
    torso_pitch: tuple[float, float] = (-0.1, 0.7)
    stale_after: float = 0.5
    lost_distance: float = 0.02
    lost_angle: float = 0.15
    lost_time: float = 0.3


@dataclass(frozen=True)
class ReachSettings:
    """Search for arm postures.

    Attributes:
        seeds: start postures tried besides the given one.
        margin: distance to the joint limits [rad] that a posture must keep to count as reachable.
        enough_margin: distance to the joint limits [rad] beyond which more is not sought.
        position_tolerance [m], orientation_tolerance [rad]: of a posture that counts as reached.
    """

    seeds: int = 24
    margin: float = 0.01
    enough_margin: float = 0.35
    position_tolerance: float = 5e-4
    orientation_tolerance: float = 2e-3


@dataclass(frozen=True)
class KinematicsSettings:
    """Everything that can be set."""

    costs: Costs = field(default_factory=Costs)
    motion: Motion = field(default_factory=Motion)
    joints: JointSettings = field(default_factory=JointSettings)
    collision: CollisionSettings = field(default_factory=CollisionSettings)
    acceptance: Acceptance = field(default_factory=Acceptance)
    reach: ReachSettings = field(default_factory=ReachSettings)
    recovery_acceleration: float = 2.0

    @classmethod
    def load(cls, path: str | Path | None = None) -> KinematicsSettings:
        """Read a ROS parameter file; without a path the package's own.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        path = Path(path or share_path('config', 'kinematics.yaml'))
        content = read_yaml(path)
        try:
            parameters = content['/**']['ros__parameters']
        except (KeyError, TypeError) as error:
            raise ConfigurationError(f"{path}: expected a ROS parameter file with '/**: ros__parameters:' at the top") from error
        return from_mapping(cls, {k: v for k, v in parameters.items() if isinstance(v, dict) or k in cls.__dataclass_fields__},
                            str(path))
