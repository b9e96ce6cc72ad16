# SPDX-License-Identifier: Apache-2.0
"""What the gait is told and what it answers, once a tick; foot 0 is the left one."""
from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from humanoid_control.model.errors import HumanoidError


class GaitError(HumanoidError):
    """The gait was given something that no robot can measure or do."""


class GaitPhase(IntEnum):
    """Whether the robot stands or steps."""

    STANDING = 0
    STEPPING = 1


@dataclass(frozen=True)
class Footstep:
    """A place for a sole: foot 0 (left) or 1, x, y [m] and yaw [rad] in the world."""

    foot: int
    x: float
    y: float
    yaw: float


@dataclass
class GaitInput:
    """Measurements and command of one tick; see walk_input in c/walk_machine.h.

    Attributes:
        dt: length of the tick [s].
        com_height: of the pendulum [m].
        com, com_velocity: horizontal [m], [m/s].
        soles: (x, y, z, yaw) of the left and right sole [m], [rad].
        forces: normal forces of the soles [N]; NaN = unknown.
        walk: whether `velocity` is commanded.
        velocity: forward, left [m/s] and turn [rad/s].
    """

    dt: float = 0.002
    com_height: float = 0.83
    com: tuple[float, float] = (0.0, 0.0)
    com_velocity: tuple[float, float] = (0.0, 0.0)
    soles: tuple[tuple[float, float, float, float], ...] = ((0.0, 0.1, 0.0, 0.0), (0.0, -0.1, 0.0, 0.0))
    forces: tuple[float, float] = (255.0, 255.0)
    walk: bool = False
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass
class GaitOutput:
    """What one tick decided; see walk_output in c/walk_machine.h for units.

    Attributes:
        swing_foot, touchdown: foot number or -1.
        swing: position, velocity and acceleration of the swinging sole, each (x, y, z, yaw).
        footstep: where the next foot comes down.
    """

    phase: GaitPhase = GaitPhase.STANDING
    swing_foot: int = -1
    touchdown: int = -1
    dcm: tuple[float, float] = (0.0, 0.0)
    dcm_reference: tuple[float, float] = (0.0, 0.0)
    cop: tuple[float, float] = (0.0, 0.0)
    com_acceleration: tuple[float, float] = (0.0, 0.0)
    margin: float = 0.0
    residual: float = 0.0
    heading: float = 0.0
    load_limit: tuple[float, float] = (0.0, 0.0)
    swing: tuple[tuple[float, ...], ...] = field(default_factory=lambda: ((0.0,) * 4,) * 3)
    footstep: Footstep = Footstep(0, 0.0, 0.0, 0.0)
