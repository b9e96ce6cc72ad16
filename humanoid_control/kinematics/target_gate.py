# SPDX-License-Identifier: Apache-2.0
"""Checks of targets before anything moves."""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.errors import TargetRefused

# A quaternion this far from unit length is an error of the sender, not of rounding.
_QUATERNION_TOLERANCE = 1e-3


class TargetGate:
    """Lets well-formed, fresh targets through and brings them into the stance frame.

    Attributes:
        stance: pose of the stance frame in the odometry frame; None until known.
        now: present time [s].
        not_before: oldest stamp [s] that is taken, as what was asked before a stop must not happen after it.
    """

    def __init__(self, odometry_frame: str, stance_frame: str, stale_after: float) -> None:
        """`stale_after`: oldest stamp [s] that is taken, and farthest in the future."""
        self._frames = (odometry_frame, stance_frame)
        self._stale_after = stale_after
        self.stance: pin.SE3 | None = None
        self.now = self.not_before = 0.0

    def pose(self, frame: str, stamp: float, position: Sequence[float], quaternion: Sequence[float]) -> pin.SE3:
        """Pose in the stance frame.

        Args:
            frame: name of the frame that it is given in. stamp: [s], 0 for unstamped.
            position: [m]. quaternion: x, y, z, w.

        Raises:
            TargetRefused: unknown frame, stale stamp, NaN, quaternion not of unit length.
        """
        place = self._placement(frame, stamp)
        self._finite('position', position)
        self._finite('orientation', quaternion)
        length = math.hypot(*quaternion)
        if abs(length - 1.0) > _QUATERNION_TOLERANCE:
            raise TargetRefused(f'orientation: expected a unit quaternion, got length {length:.4g} ({_text(quaternion)})')
        rotation = pin.Quaternion(np.array(quaternion, float) / length).toRotationMatrix()
        return place * pin.SE3(rotation, np.array(position, float))

    def point(self, frame: str, stamp: float, position: Sequence[float]) -> np.ndarray:
        """Point [m], shape (3,), in the stance frame; raises as `pose` does."""
        place = self._placement(frame, stamp)
        self._finite('point', position)
        return place.act(np.array(position, float))

    def number(self, unit: str, value: float, low: float, high: float) -> float:
        """A number; raises TargetRefused for NaN and outside low..high."""
        if not np.isfinite(value):
            raise TargetRefused(f'expected a finite number [{unit}], got {value}')
        if not low <= value <= high:
            raise TargetRefused(f'expected {low:g}..{high:g} {unit}, got {value:g}')
        return float(value)

    def _placement(self, frame: str, stamp: float) -> pin.SE3:
        odometry, stance = self._frames
        if frame not in self._frames:
            raise TargetRefused(f'frame_id: expected {odometry!r} or {stance!r}, got {frame!r}')
        age = self.now - stamp
        if stamp and abs(age) > self._stale_after:
            raise TargetRefused(f'stale: stamp is {abs(age):.2f} s in the {"past" if age > 0 else "future"}, '
                                f'at most {self._stale_after:g} s is taken')
        if stamp and stamp < self.not_before:
            raise TargetRefused(f'stamped {self.not_before - stamp:.2f} s before the robot was released from its stop')
        if frame == stance:
            return pin.SE3.Identity()
        if self.stance is None:
            raise TargetRefused(f'in {odometry!r}, but where the robot stands is not known yet (no stance received)')
        return self.stance.inverse()

    @staticmethod
    def _finite(name: str, values: Sequence[float]) -> None:
        if not np.isfinite(values).all():
            raise TargetRefused(f'{name}: expected finite numbers, got {_text(values)}')


def _text(values: Sequence[float]) -> str:
    return '(' + ', '.join(f'{value:.4g}' for value in values) + ')'
