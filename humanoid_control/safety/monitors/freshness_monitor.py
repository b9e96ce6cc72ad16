# SPDX-License-Identifier: Apache-2.0
"""Whether everything that keeps the robot standing still speaks."""

from __future__ import annotations

from collections.abc import Iterable

from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import FreshnessSettings

AHEAD = 0.5  # [s] stamps of what a busy computer reads before the clock that belongs to it are less ahead


class FreshnessMonitor:
    """Ages of the newest data: the topics are the heartbeats of the nodes that publish them.

    Age counts in the robot's time. In simulation that stands still with the world, so that a pause or a busy computer
    is no fault; whether the simulator still lives tells /clock, which it repeats while time stands still. Data whose
    stamps are ahead of the robot's time are as old as the last change of their stamps.

    Attributes:
        remarks: what is strange about the stamps of the last round and stops nobody.
    """

    def __init__(self, settings: FreshnessSettings, sides: tuple[str, ...]):
        self._settings = settings
        self._changed: dict[str, tuple[float, float]] = {}
        self.remarks: tuple[str, ...] = ()
        self._remarks: list[str] = []
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
        self._remarks = []
        for topic, (code, limit) in self._streams.items():
            stamp = observation.sample.stamp.get(topic)
            if stamp is None:
                continue
            age = self._age(topic, stamp, observation.now)
            if stamp - observation.now > AHEAD:
                self._warn(f'{topic} is stamped {stamp - observation.now:.2f} s ahead of the time')
            if age > limit:
                yield Finding(code, topic, f'{topic} is {age:.2f} s old, allowed are {limit:g} s')
        self.remarks = tuple(self._remarks)
        if observation.simulated and observation.clock_arrival is not None:
            silence = observation.wall - observation.clock_arrival
            if silence > self._settings.clock:
                yield Finding('simulator_silent', '', f'no /clock for {silence:.1f} s of real time')

    def _age(self, topic: str, stamp: float, now: float) -> float:
        """How old [s] what is stamped so is."""
        if stamp <= now:
            self._changed.pop(topic, None)
            return now - stamp
        last, since = self._changed.get(topic, (stamp, now))
        if last != stamp or since > now:
            since = now
        self._changed[topic] = stamp, since
        return now - since

    def _warn(self, text: str) -> None:
        self._remarks.append(text)
