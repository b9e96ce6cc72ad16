# SPDX-License-Identifier: Apache-2.0
"""Bounds of a trajectory."""
from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class MotionLimits:
    """Largest velocity, acceleration and jerk of each coordinate: [m/s, m/s^2, m/s^3], or the same with rad."""

    velocity: float
    acceleration: float
    jerk: float

    def __post_init__(self) -> None:
        for name in ('velocity', 'acceleration', 'jerk'):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0.0):
                raise ValueError(f'{name}: expected a positive number, got {value}')
