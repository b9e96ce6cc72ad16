# SPDX-License-Identifier: Apache-2.0
"""Who commands, what nodes complain of, and whether time goes on evenly."""

from __future__ import annotations

from collections.abc import Iterable

from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import FreshnessSettings


class SystemMonitor:
    """One owner of the joints, healthy nodes, one clock."""

    def __init__(self, settings: FreshnessSettings):
        self._jump = settings.clock_jump
        self._last: tuple[float, float] | None = None

    def check(self, observation: Observation) -> Iterable[Finding]:
        """Findings `two_commanders`, `node_reports_error`, `clock_jump`."""
        if len(observation.commanders) > 1:
            yield Finding('two_commanders', '', f'joint_commands comes from {", ".join(observation.commanders)}')
        for name, message in observation.node_errors.items():
            yield Finding('node_reports_error', name, message)
        last, self._last = self._last, (observation.now, observation.wall)
        if last is None:
            return
        step, elapsed = observation.now - last[0], observation.wall - last[1]
        # simulated time may run at any speed, but never back
        if step < 0 or (not observation.simulated and abs(step - elapsed) > self._jump):
            yield Finding('clock_jump', '', f"the robot's time went on by {step:.2f} s within {elapsed:.2f} s")
