# SPDX-License-Identifier: Apache-2.0
"""A joint of a URDF and its transform."""
from __future__ import annotations

import math
from dataclasses import dataclass

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]  # x, y, z, w

MOVING_TYPES = ('revolute', 'continuous', 'prismatic')
TYPES = (*MOVING_TYPES, 'fixed', 'floating', 'planar')


def product(a: Quaternion, b: Quaternion) -> Quaternion:
    """Rotation b, then rotation a."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (aw * bx + ax * bw + ay * bz - az * by, aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw, aw * bw - ax * bx - ay * by - az * bz)


def rotate(q: Quaternion, v: Vector) -> Vector:
    """A vector rotated by a quaternion: v + 2w (u x v) + 2 u x (u x v)."""
    x, y, z, w = q
    tx, ty, tz = 2 * (y * v[2] - z * v[1]), 2 * (z * v[0] - x * v[2]), 2 * (x * v[1] - y * v[0])
    return (v[0] + w * tx + y * tz - z * ty, v[1] + w * ty + z * tx - x * tz, v[2] + w * tz + x * ty - y * tx)


def about(axis: Vector, angle: float) -> Quaternion:
    """Rotation about a unit axis by an angle [rad]."""
    s = math.sin(angle / 2)
    return (axis[0] * s, axis[1] * s, axis[2] * s, math.cos(angle / 2))


def from_roll_pitch_yaw(roll: float, pitch: float, yaw: float) -> Quaternion:
    """Rotation about the fixed axes x, then y, then z [rad], as URDF's rpy."""
    return product(about((0, 0, 1), yaw), product(about((0, 1, 0), pitch), about((1, 0, 0), roll)))


@dataclass(frozen=True)
class Mimic:
    """Position = multiplier * position of the other joint + offset."""

    joint: str
    multiplier: float
    offset: float


@dataclass(frozen=True)
class UrdfJoint:
    """A joint: child's frame in the parent's at position 0, and how it moves."""

    name: str
    kind: str
    parent: str
    child: str
    translation: Vector  # [m]
    rotation: Quaternion
    axis: Vector  # unit vector in the child's frame
    mimic: Mimic | None = None

    def transform(self, position: float) -> tuple[Vector, Quaternion]:
        """Child's frame in the parent's: translation [m] and rotation at a position [rad or m]."""
        if self.kind == 'prismatic':
            step = rotate(self.rotation, tuple(position * part for part in self.axis))
            return tuple(a + b for a, b in zip(self.translation, step)), self.rotation
        if self.kind in MOVING_TYPES:
            return self.translation, product(self.rotation, about(self.axis, position))
        return self.translation, self.rotation
