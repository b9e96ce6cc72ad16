# SPDX-License-Identifier: Apache-2.0
"""Sensors that repeat themselves or contradict one another."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from humanoid_control.safety.balance_figures import GRAVITY
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import SensorSettings


class SensorMonitor:
    """Compares inertial and sole sensors with themselves a moment ago, and gravity with the estimated upright."""

    def __init__(self, settings: SensorSettings, imu_in_base: np.ndarray):
        """
        Args:
            imu_in_base: rotation (3, 3) from the axes of the IMU to those of the base link.
        """
        self._settings = settings
        self._imu_in_base = imu_in_base
        self._repeats: dict[str, tuple[float, bytes, int]] = {}
        self._gravity: np.ndarray | None = None    # low-passed, (3,) in axes of the base
        self._upright = np.zeros(3)                # as the estimate has it, low-passed alike
        self._filtered_at = -np.inf

    def check(self, observation: Observation) -> Iterable[Finding]:
        """Findings `imu_frozen`, `sole_frozen`, `sensors_contradict`."""
        sample = observation.sample
        moving = any(abs(speed) > self._settings.moving for speed in sample.velocity.values())
        inertial = (sample.angular_velocity, sample.linear_acceleration)
        known = all(value is not None for value in inertial)
        if known and self._repeats_itself('imu/data', inertial, observation, moving):
            yield Finding('imu_frozen', '', f'{self._settings.frozen_rounds} equal samples in a row')
        for side, force in sample.sole_force.items():
            topic = f'{side}_sole/wrench'
            # a lifted sole without noise may read the same for long
            loaded = bool(np.any(force != 0))
            if self._repeats_itself(topic, (force, sample.sole_torque[side]), observation, moving and loaded):
                yield Finding('sole_frozen', side, f'{self._settings.frozen_rounds} equal samples in a row')
        yield from self._contradiction(observation)

    def _repeats_itself(
        self, topic: str, values: tuple[np.ndarray, ...], observation: Observation, moving: bool
    ) -> bool:
        stamp = observation.sample.stamp.get(topic, 0.0)
        content = b''.join(value.tobytes() for value in values)
        last_stamp, last, count = self._repeats.get(topic, (-np.inf, b'', 0))
        if stamp != last_stamp:
            count = count + 1 if content == last and moving else 0
            self._repeats[topic] = (stamp, content, count)
        return count >= self._settings.frozen_rounds

    def _contradiction(self, observation: Observation) -> Iterable[Finding]:
        sample = observation.sample
        if sample.linear_acceleration is None or sample.base is None:
            return
        self._filter_gravity(self._imu_in_base @ sample.linear_acceleration, sample.base[2, :3], observation.now)
        # a round that shakes says nothing new; what was known a moment ago still holds
        if self._gravity is None or observation.now - self._filtered_at > self._settings.gravity_filter:
            return
        # at rest the specific force points up: compare with the world's z axis as the estimate saw it in the same rounds
        size = max(float(np.linalg.norm(self._gravity)) * float(np.linalg.norm(self._upright)), 1e-9)
        angle = float(np.arccos(np.clip(float(self._upright @ self._gravity) / size, -1.0, 1.0)))
        if angle > self._settings.upright:
            yield Finding('sensors_contradict', '', f'measured and estimated vertical differ by {angle:.2f} rad')

    def _filter_gravity(self, specific: np.ndarray, upright: np.ndarray, now: float) -> None:
        """Low-pass the direction of a specific force (3,) that is about as large as gravity, and the estimated upright (3,).

        Both in the same way: what is compared is as old on either side, however fast the trunk turns.
        """
        size = float(np.linalg.norm(specific))
        if not abs(size - GRAVITY) < self._settings.quiet:
            return
        elapsed = max(0.0, now - self._filtered_at)
        share = min(1.0, elapsed / self._settings.gravity_filter)
        first = self._gravity is None
        self._gravity = specific / size if first else self._gravity + share * (specific / size - self._gravity)
        self._upright = upright.copy() if first else self._upright + share * (upright - self._upright)
        self._filtered_at = now
