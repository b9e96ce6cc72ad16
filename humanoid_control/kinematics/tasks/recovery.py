# SPDX-License-Identifier: Apache-2.0
"""How fast a task makes good what it lags behind its target."""
from __future__ import annotations

import math

import numpy as np


class Recovery:
    """Scales an error to the step that approaches the target and can still stop at it.

    From a distance e the fastest approach that braking at `acceleration` stops in time is sqrt(2 a e). Small errors
    are taken in one step.
    """

    def __init__(self, acceleration: float = math.inf) -> None:
        """`acceleration` in [m/s^2] or [rad/s^2], positive; infinite makes every step the whole error."""
        if not acceleration > 0.0:
            raise ValueError(f'acceleration: expected a positive number, got {acceleration}')
        self.acceleration = acceleration

    def limit(self, error: np.ndarray, dt: float) -> np.ndarray:
        """Step [m or rad] of dt [s] towards an error of shape (k,)."""
        if self.acceleration == math.inf:
            return error
        size = math.sqrt(error.dot(error))
        if size <= 2.0 * self.acceleration * dt * dt:
            return error
        return error * (math.sqrt(2.0 * self.acceleration * size) * dt / size)
