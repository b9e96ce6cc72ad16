# SPDX-License-Identifier: Apache-2.0
"""The newest of everything that is known about the robot's motion."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class RobotSample:
    """Newest values by topic; empty or None until the first message.

    Attributes:
        position [rad, m], velocity [rad/s, m/s], effort [N m, N]: by joint name.
        reference: position [rad, m] by joint name that kinematics asks for.
        angular_velocity [rad/s], linear_acceleration (specific force) [m/s^2]: (3,), in axes of the IMU.
        base: transform (4, 4) of the base link in `odom`.
        base_linear [m/s], base_angular [rad/s]: (3,), in axes of the base link.
        sole_force [N], sole_torque [N m]: (3,) by side, what the floor exerts, in axes of the sole.
        stamp: time [s] of measurement by topic.
        arrival: time [s] of the computer's steady clock at which the newest message was read, by topic.
    """

    position: dict[str, float] = field(default_factory=dict)
    velocity: dict[str, float] = field(default_factory=dict)
    effort: dict[str, float] = field(default_factory=dict)
    reference: dict[str, float] = field(default_factory=dict)
    angular_velocity: np.ndarray | None = None
    linear_acceleration: np.ndarray | None = None
    base: np.ndarray | None = None
    base_linear: np.ndarray = field(default_factory=lambda: np.zeros(3))
    base_angular: np.ndarray = field(default_factory=lambda: np.zeros(3))
    sole_force: dict[str, np.ndarray] = field(default_factory=dict)
    sole_torque: dict[str, np.ndarray] = field(default_factory=dict)
    stamp: dict[str, float] = field(default_factory=dict)
    arrival: dict[str, float] = field(default_factory=dict)

    @property
    def tilt(self) -> float:
        """Angle [rad] between the base's upright axis and the vertical; 0 without an estimate."""
        return 0.0 if self.base is None else float(np.arccos(np.clip(self.base[2, 2], -1.0, 1.0)))
