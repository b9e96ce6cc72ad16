# SPDX-License-Identifier: Apache-2.0
"""Whether the robot stands, leans, falls or lies."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from humanoid_control.safety.balance_figures import GRAVITY, Balance
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import BalanceSettings

LOAD_FILTER = 0.5  # [s] steps average out
FALLING = 0.05  # [rad/s] a tilt that grows faster than this goes on growing


class BalanceMonitor:
    """Looks at tilt, height, pressure, divergent motion and the weight on the soles."""

    def __init__(self, settings: BalanceSettings, standing_height: float, mass: float):
        """
        Args:
            standing_height: of the base over the soles in the stand posture [m].
            mass: of the robot [kg].
        """
        self._settings = settings
        self._standing_height = standing_height
        self._weight = mass * GRAVITY
        self._last: tuple[float, float] | None = None
        self._load: tuple[float, float] | None = None

    def height_share(self, observation: Observation) -> float | None:
        """Height of the base over the lower sole as a share of that when standing; None when unknown."""
        if observation.balance is None or observation.sample.base is None:
            return None
        return self._height(observation.balance, observation.sample.base) / self._standing_height

    def check(self, observation: Observation) -> Iterable[Finding]:
        """Findings `fallen`, `fall_predicted`, `pressure_at_edge`, `ground_lost`, `weight_unexplained`."""
        settings, sample = self._settings, observation.sample
        tilt = sample.tilt
        growing = self._tilt_rate(tilt, observation.now) > FALLING
        share = self.height_share(observation)
        if tilt > settings.fallen_tilt:
            yield Finding('fallen', '', f'the trunk is tilted by {tilt:.2f} rad')
        elif share is not None and share < settings.fallen_height_share:
            yield Finding('fallen', '', f'the hips are at {100 * share:.0f} % of their height')
        elif tilt > settings.tilt and growing:
            yield Finding('fall_predicted', '', f'the trunk is tilted by {tilt:.2f} rad, and more and more')
        balance = observation.balance
        if balance is None:
            return
        # not the distance to the loaded sole: a walking robot falls from one foot to the next
        if balance.dcm_distance > settings.capture_distance:
            yield Finding('fall_predicted', '', f'its mass runs {balance.dcm_distance:.2f} m away from its nearest foot')
        if balance.pressure_margin is not None and balance.pressure_margin < settings.pressure_margin:
            yield Finding(
                'pressure_at_edge',
                '',
                f'the centre of pressure is {1000 * balance.pressure_margin:.0f} mm from the edge',
            )
        load = float(sum(force[2] for force in sample.sole_force.values()))
        if load < settings.weight_share * self._weight:
            yield Finding('ground_lost', '', f'the soles carry {load:.0f} N of {self._weight:.0f} N')
        else:
            mean = self._mean_load(load, observation.now)
            if abs(mean / self._weight - 1.0) > settings.load_error:
                yield Finding('weight_unexplained', '', f'the soles carry {mean:.0f} N, the robot weighs {self._weight:.0f} N')

    def _mean_load(self, load: float, now: float) -> float:
        """Low-passed load on the soles [N]."""
        if self._load is not None:
            last, since = self._load
            load = last + min(1.0, max(0.0, now - since) / LOAD_FILTER) * (load - last)
        self._load = load, now
        return load

    def _tilt_rate(self, tilt: float, now: float) -> float:
        """Change of the tilt since the last round [rad/s]; 0 while time stands still."""
        rate = 0.0
        if self._last is not None and now > self._last[1]:
            rate = (tilt - self._last[0]) / (now - self._last[1])
        self._last = tilt, now
        return rate

    @staticmethod
    def _height(balance: Balance, base: np.ndarray) -> float:
        return float(base[2, 3] - min(sole[2, 3] for sole in balance.soles.values()))
