# SPDX-License-Identifier: Apache-2.0
"""The mechanics behind emulated motors, and the simplest of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Plant(Protocol):
    """Joints that move under the drives' laws.

    Attributes:
        joint_names: order of all arrays (n,).
        time_ns: simulated time.
    """

    joint_names: tuple[str, ...]

    @property
    def time_ns(self) -> int: ...

    def state(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Measured position, velocity and effort, each (n,)."""

    def sensors(self) -> np.ndarray:
        """Values of the low state after the joints: IMU, then wrenches."""

    def drive(self, control: np.ndarray, kp: np.ndarray, kd: np.ndarray, limit: np.ndarray) -> None:
        """From now on every joint feels clip(control - kp q - kd qd, -limit, limit)."""

    def step(self) -> None:
        """Advance by one control step."""


class InertiaPlant:
    """Independent inertias without gravity: fast, and enough to exercise a driver."""

    SENSORS = 30

    def __init__(self, joint_names: Sequence[str], positions: np.ndarray, inertia: np.ndarray, step: float = 0.002):
        """Positions and inertias [kg m^2, kg] (n,); time of one control step [s]."""
        self.joint_names = tuple(joint_names)
        self.position = np.array(positions, dtype=float)
        self.velocity = np.zeros(len(self.joint_names))
        self.effort = np.zeros(len(self.joint_names))
        self._inertia = np.array(inertia, dtype=float)
        self._step = step
        self._ticks = 0
        self._law = [np.zeros(len(self.joint_names)) for _ in range(4)]
        self.reading = np.zeros(self.SENSORS)

    @property
    def time_ns(self) -> int:
        """Simulated time."""
        return round(self._ticks * self._step * 1e9)

    def state(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Position, velocity and effort."""
        return self.position, self.velocity, self.effort

    def sensors(self) -> np.ndarray:
        """`reading`, which a test may write."""
        return self.reading

    def drive(self, control: np.ndarray, kp: np.ndarray, kd: np.ndarray, limit: np.ndarray) -> None:
        """Take the law of the drives."""
        self._law = [control, kp, kd, limit]

    def step(self) -> None:
        """Semi-implicit Euler, gains taken implicitly so that any stiffness is stable."""
        control, kp, kd, limit = self._law
        dt, inertia = self._step, self._inertia
        velocity = (inertia * self.velocity + dt * (control - kp * self.position)) / (inertia + dt * kd + dt * dt * kp)
        self.effort = np.clip(inertia * (velocity - self.velocity) / dt, -limit, limit)
        self.velocity = self.velocity + dt * self.effort / inertia
        self.position = self.position + dt * self.velocity
        self._ticks += 1
