# SPDX-License-Identifier: Apache-2.0
"""Whether everything that keeps the robot standing still speaks."""

from __future__ import annotations

from collections.abc import Iterable

from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import FreshnessSettings


class FreshnessMonitor:
    """Ages of the newest data: the topics are the heartbeats of the nodes that publish them.

    Age counts in the robot's time. In simulation that stands still with the world, so that a pause or a busy computer
    is no fault; whether the simulator still lives tells /clock, which it repeats while time stands still.
    """

    def __init__(self, settings: FreshnessSettings, sides: tuple[str, ...]):
        self._settings = settings
        self._streams = {
            'joint_states': ('joints_silent', settings.joints),
            'odom': ('controller_silent', settings.estimate),
            'whole_body/reference': ('kinematics_silent', settings.reference),
            'imu/data': ('imu_silent', settings.imu),
        }
        for side in sides:
            self._streams[f'{side}_sole/wrench'] = ('sole_silent', settings.soles)

    def missing(self, observation: Observation) -> tuple[str, ...]:
        """Topics of which nothing has been seen yet."""
        return tuple(topic for topic in self._streams if topic not in observation.sample.stamp)

    def check(self, observation: Observation) -> Iterable[Finding]:
        """Findings `*_silent`."""
        for topic, (code, limit) in self._streams.items():
            stamp = observation.sample.stamp.get(topic)
            if stamp is not None and observation.now - stamp > limit:
                yield Finding(code, topic, f'{topic} is {observation.now - stamp:.2f} s old, allowed are {limit:g} s')
        if observation.simulated and observation.clock_arrival is not None:
            silence = observation.wall - observation.clock_arrival
            if silence > self._settings.clock:
                yield Finding('simulator_silent', '', f'no /clock for {silence:.1f} s of real time')
