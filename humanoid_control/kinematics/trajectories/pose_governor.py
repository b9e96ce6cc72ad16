# SPDX-License-Identifier: Apache-2.0
"""Jerk-limited motion of a pose towards a target."""
from __future__ import annotations

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.trajectories.motion_limits import MotionLimits
from humanoid_control.kinematics.trajectories.vector_governor import VectorGovernor

# Half step [rad] of the difference quotient of the right Jacobian; its error is far below any limit.
_HALF_STEP = 1e-5


class PoseGovernor:
    """VectorGovernor of three positions and a rotation vector.

    Rotations are written as R = A exp(r). Each new target moves the anchor A to the present orientation, so that r
    stays small. There r = 0, and the angular velocity and acceleration in axes of the frame are r' and r'' exactly
    (the right Jacobian of SO(3) is I - [r]/2 + ... there), which carries the motion over without a jump.

    Attributes:
        pose: present pose.
        target: pose aimed at; while stopping, the present one.
    """

    def __init__(self, linear: MotionLimits, angular: MotionLimits) -> None:
        """Limits of each coordinate, in axes of the world and of the anchor."""
        self._governor = VectorGovernor([linear] * 3 + [angular] * 3)
        self._limits = (linear, angular)
        self.reset(pin.SE3.Identity())

    def reset(self, pose: pin.SE3, linear_velocity: np.ndarray | None = None,
              angular_velocity: np.ndarray | None = None) -> None:
        """Start at a pose, with velocity [m/s] in the world and [rad/s] in the frame (clipped to the limits)."""
        self.pose = self.target = pose.copy()
        self._anchor = pose.rotation.copy()
        velocity = np.zeros(6)
        for part, value, limits in zip((slice(0, 3), slice(3, 6)), (linear_velocity, angular_velocity), self._limits):
            if value is not None:
                velocity[part] = np.clip(value, -limits.velocity, limits.velocity)
        self._governor.reset(np.concatenate([pose.translation, np.zeros(3)]), velocity)
        self._stopping = True

    @property
    def moving(self) -> bool:
        """False once the target is reached."""
        return self._governor.moving

    @property
    def velocity(self) -> np.ndarray:
        """Linear velocity [m/s] in the world and rate of the rotation vector [rad/s], shape (6,)."""
        return self._governor.velocity

    @property
    def acceleration(self) -> np.ndarray:
        """Derivative of `velocity`, shape (6,)."""
        return self._governor.acceleration

    def set_target(self, pose: pin.SE3) -> None:
        """Aim at rest at a pose."""
        self._move_anchor()
        turn = pin.log3(self._anchor.T @ pose.rotation)
        self._governor.set_target(np.concatenate([pose.translation, turn]))
        self.target = pose.copy()
        self._stopping = False

    def stop(self) -> None:
        """Come to rest as fast as the limits allow."""
        self._governor.stop()
        self.target = self.pose.copy()
        self._stopping = True

    def advance(self, dt: float) -> pin.SE3:
        """Move on by dt [s] and return `pose`."""
        if self._governor.moving:
            state = self._governor.advance(dt)
            self.pose = pin.SE3(self._anchor @ pin.exp3(state[3:]), state[:3])
            if self._stopping:
                self.target = self.pose
        return self.pose

    def _move_anchor(self) -> None:
        governor = self._governor
        turn, rate = governor.position[3:], governor.velocity[3:]
        if not turn.any():
            return
        position, velocity, acceleration = (a.copy() for a in (governor.position, governor.velocity, governor.acceleration))
        right = pin.Jexp3(turn)
        change = np.zeros(3)
        speed = float(np.linalg.norm(rate))
        if speed > 0.0:
            along = rate * (_HALF_STEP / speed)
            change = (pin.Jexp3(turn + along) - pin.Jexp3(turn - along)) @ rate * (speed / (2.0 * _HALF_STEP))
        velocity[3:] = right @ rate
        acceleration[3:] = right @ acceleration[3:] + change
        position[3:] = 0.0
        self._anchor = self.pose.rotation.copy()
        for part, limits in zip((slice(0, 3), slice(3, 6)), self._limits):
            # a turn of the axes can put a coordinate a little beyond its own limit
            velocity[part] = np.clip(velocity[part], -limits.velocity, limits.velocity)
            acceleration[part] = np.clip(acceleration[part], -limits.acceleration, limits.acceleration)
        governor.reset(position, velocity, acceleration)
