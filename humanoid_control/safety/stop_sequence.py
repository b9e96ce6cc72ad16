# SPDX-License-Identifier: Apache-2.0
"""From the demand for a stop to the stop in force."""

from __future__ import annotations

from humanoid_control.safety.settings import SitSettings
from humanoid_control.safety.stop_category import StopCategory


class StopSequence:
    """A stop gets harder at once and softer only by `reset`; a controlled sit ends in power off.

    Attributes:
        stop: category in force.
        since: robot's time [s] at which it came into force.
    """

    def __init__(self, settings: SitSettings):
        self._settings = settings
        self.stop = StopCategory.NONE
        self.since = 0.0
        self._low_since: float | None = None

    def update(self, demand: StopCategory, height_share: float | None, now: float) -> StopCategory:
        """Category in force from now on.

        Args:
            demand: hardest stop that is demanded.
            height_share: height of the base over the soles as a share of that when standing; None when unknown.
            now: robot's time [s].
        """
        if demand < self.stop:
            self._enter(demand, now)
        if self.stop is StopCategory.CONTROLLED_SIT and self._sat_down(height_share, now):
            self._enter(StopCategory.POWER_OFF, now)
        return self.stop

    def reset(self, now: float) -> None:
        """Free to work again."""
        self._enter(StopCategory.NONE, now)

    def _enter(self, stop: StopCategory, now: float) -> None:
        self.stop, self.since, self._low_since = stop, now, None

    def _sat_down(self, height_share: float | None, now: float) -> bool:
        if height_share is None or height_share > self._settings.height_share:
            self._low_since = None
        elif self._low_since is None:
            self._low_since = now
        settled = self._low_since is not None and now - self._low_since >= self._settings.settled_for
        return settled or now - self.since >= self._settings.timeout
