# SPDX-License-Identifier: Apache-2.0
"""What is known about a robot beside its URDF (config/robots/NAME.yaml)."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path

SIDES = ('l', 'r')


@dataclass(frozen=True)
class Frames:
    """Names of the frames that controllers use."""

    base: str
    torso: str
    gaze: str
    imu: str


@dataclass(frozen=True)
class Leg:
    """Joints from hip to ankle, the foot link and the frame of its sole."""

    joints: tuple[str, ...]
    foot: str
    sole: str


@dataclass(frozen=True)
class Sole:
    """Half extents [m] of the rectangular sole about the sole frame."""

    half_length: float
    half_width: float

    def __post_init__(self) -> None:
        for name in ('half_length', 'half_width'):
            if getattr(self, name) <= 0:
                raise ValueError(f'{name} must be positive [m], got {getattr(self, name)}')


@dataclass(frozen=True)
class Arm:
    """Joints from shoulder to wrist, force sensor link, grasp frame and gripper joints."""

    joints: tuple[str, ...]
    force_sensor: str
    gripper: str
    gripper_joint: str
    gripper_mimic: str


@dataclass(frozen=True)
class JointDrive:
    """Motor inertia [kg m^2 or kg], passive damping and the gains of the drive's own loop."""

    armature: float
    damping: float
    drive_kp: float
    drive_kd: float

    def __post_init__(self) -> None:
        for name in ('armature', 'damping', 'drive_kp', 'drive_kd'):
            if getattr(self, name) < 0:
                raise ValueError(f'{name} must not be negative, got {getattr(self, name)}')


@dataclass(frozen=True)
class Camera:
    """Pinhole camera: optical frame, size [px], vertical field of view [rad], depth or not."""

    optical_frame: str
    width: int
    height: int
    vertical_fov: float
    depth: bool


@dataclass(frozen=True)
class RobotConfiguration:
    """One robot: which joints are legs, arms, waist and head, its frames, drives and cameras."""

    name: str
    urdf: str
    frames: Frames
    legs: dict[str, Leg]
    sole: Sole
    waist: tuple[str, ...]
    head: tuple[str, ...]
    arms: dict[str, Arm]
    joints: dict[str, JointDrive]
    stand_posture: dict[str, float]
    cameras: dict[str, Camera]
    collision_pairs: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for field in ('legs', 'arms'):
            if tuple(sorted(getattr(self, field))) != SIDES:
                raise ValueError(f'{field} must have the sides l and r, got {sorted(getattr(self, field))}')

    @classmethod
    def load(cls, path: str | Path | None = None) -> RobotConfiguration:
        """Read a robot file; without a path the package's own humanoid.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        return load(cls, path or share_path('config', 'robots', 'humanoid.yaml'))

    @property
    def gripper_joints(self) -> tuple[str, ...]:
        """Names of the two actuated gripper joints, left then right."""
        return tuple(self.arms[side].gripper_joint for side in SIDES)

    @property
    def mimic_joints(self) -> tuple[str, ...]:
        """Names of the gripper joints that follow, left then right."""
        return tuple(self.arms[side].gripper_mimic for side in SIDES)
