# SPDX-License-Identifier: Apache-2.0
"""Jerk-limited motion of a vector towards a target."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import ruckig

from humanoid_control.kinematics.errors import KinematicsError
from humanoid_control.kinematics.trajectories.motion_limits import MotionLimits

# Distances [m, rad] and their rates below this are rounding.
NOTHING = 1e-9


class VectorGovernor:
    """Time-optimal motion within velocity, acceleration and jerk limits, planned anew when the target changes.

    From rest all coordinates arrive together on a straight line. A target that creeps on at speed v is followed
    sqrt(v / jerk) behind, the time that stopping takes: the governor is always able to stop at the newest target.

    Attributes:
        position, velocity, acceleration: state, each of shape (n,).
        moving: False once the target is reached.
    """

    def __init__(self, limits: Sequence[MotionLimits]) -> None:
        """One entry of `limits` for each coordinate."""
        self._size = len(limits)
        self._planner = ruckig.Ruckig(self._size, 0.01)
        self._input = ruckig.InputParameter(self._size)
        self._output = ruckig.OutputParameter(self._size)
        self._input.max_velocity = [limit.velocity for limit in limits]
        self._input.max_acceleration = [limit.acceleration for limit in limits]
        self._input.max_jerk = [limit.jerk for limit in limits]
        self._input.synchronization = ruckig.Synchronization.Phase
        self.reset(np.zeros(self._size))

    @property
    def velocity_limit(self) -> np.ndarray:
        """Largest velocity of each coordinate, shape (n,)."""
        return np.array(self._input.max_velocity)

    def reset(self, position: np.ndarray, velocity: np.ndarray | None = None,
              acceleration: np.ndarray | None = None) -> None:
        """Start at a state whose speed is within the limits, to stop as soon as possible."""
        zeros = np.zeros(self._size)
        self.position = self._checked('position', position)
        self.velocity = zeros if velocity is None else self._checked('velocity', velocity)
        self.acceleration = zeros if acceleration is None else self._checked('acceleration', acceleration)
        self._input.current_position = self.position.tolist()
        self._input.current_velocity = self.velocity.tolist()
        self._input.current_acceleration = self.acceleration.tolist()
        self.stop()

    def set_target(self, position: np.ndarray) -> None:
        """Aim at rest at `position`, shape (n,); raises ValueError for NaN or a wrong shape."""
        self._input.control_interface = ruckig.ControlInterface.Position
        self._input.target_position = self._checked('target', position).tolist()
        self.moving = True

    def stop(self) -> None:
        """Come to rest as fast as acceleration and jerk allow, wherever that is."""
        self._input.control_interface = ruckig.ControlInterface.Velocity
        self._input.target_position = self.position.tolist()
        self._input.target_velocity = [0.0] * self._size
        self.moving = True

    def advance(self, dt: float) -> np.ndarray:
        """Move on by dt [s] and return `position`; raises KinematicsError where no trajectory exists."""
        if not self.moving:
            return self.position
        if self._arrived():
            self._come_to_rest()
            return self.position
        self._planner.delta_time = dt
        try:
            result = self._planner.update(self._input, self._output)
        except ruckig.RuckigError as error:
            raise KinematicsError(f'no trajectory from position {self.position}, velocity {self.velocity} to '
                                  f'{self._input.target_position}: {error}') from error
        if result not in (ruckig.Result.Working, ruckig.Result.Finished):
            raise KinematicsError(f'no trajectory from position {self.position}, velocity {self.velocity} to '
                                  f'{self._input.target_position}: {result}')
        self._output.pass_to_input(self._input)
        self.position = np.array(self._output.new_position)
        self.velocity = np.array(self._output.new_velocity)
        self.acceleration = np.array(self._output.new_acceleration)
        self.moving = result != ruckig.Result.Finished
        return self.position

    def _arrived(self) -> bool:
        """Whether only rounding is left of the way: steps that small have no trajectory in floating point."""
        return (self._input.control_interface == ruckig.ControlInterface.Position
                and np.abs(self.position - self._input.target_position).max() < NOTHING
                and np.abs(self.velocity).max() < NOTHING and np.abs(self.acceleration).max() < NOTHING)

    def _come_to_rest(self) -> None:
        self.position = np.array(self._input.target_position)
        self.velocity, self.acceleration = np.zeros(self._size), np.zeros(self._size)
        self._input.current_position = self.position.tolist()
        self._input.current_velocity = self.velocity.tolist()
        self._input.current_acceleration = self.acceleration.tolist()
        self.moving = False

    def _checked(self, name: str, value: np.ndarray) -> np.ndarray:
        array = np.array(value, float)
        if array.shape != (self._size,) or not np.isfinite(array).all():
            raise ValueError(f'{name}: expected {self._size} finite numbers, got {value}')
        return array
