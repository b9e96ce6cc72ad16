# SPDX-License-Identifier: Apache-2.0
"""Values that cannot be."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import JointSettings

SLACK = 1.3  # a joint may have been faster between two samples than at them
FROZEN = 0.2  # [s] and some rounds: a joint that is told to move has begun to by then
ACCELERATION = 200.0  # [rad/s^2] of a joint between two samples: the knee of a walking robot turns round in 60 ms


class DataMonitor:
    """Values that are no numbers, joint angles that jump, and joint angles that stay the same though they should not."""

    def __init__(self, settings: JointSettings, tree: LinkTree):
        self._jump = settings.jump
        self._stuck = settings.stuck
        self._unchanged: dict[str, tuple[float, float, float]] = {}
        self._names = tuple(name for name in tree.movable if tree.joints[name].kind != 'prismatic')
        self._last: tuple[float, dict[str, float], dict[str, float]] | None = None

    def check(self, observation: Observation) -> Iterable[Finding]:
        """Findings `not_a_number`, `encoder_jump`, `encoder_frozen`."""
        yield from self._not_finite(observation)
        yield from self._jumps(observation)
        yield from self._frozen(observation)

    def _not_finite(self, observation: Observation) -> Iterable[Finding]:
        sample = observation.sample
        for quantity in ('position', 'velocity', 'effort', 'reference'):
            for name, value in getattr(sample, quantity).items():
                if not math.isfinite(value):
                    yield Finding('not_a_number', name, f'{quantity} of {name} is {value}')
        arrays = {
            'imu': (sample.angular_velocity, sample.linear_acceleration),
            'odom': (sample.base, sample.base_linear, sample.base_angular),
        }
        for side in sample.sole_force:
            arrays[f'{side}_sole'] = (sample.sole_force[side], sample.sole_torque[side])
        for name, values in arrays.items():
            if any(value is not None and not np.all(np.isfinite(value)) for value in values):
                yield Finding('not_a_number', name, f'a value of {name} is not finite')

    def _jumps(self, observation: Observation) -> Iterable[Finding]:
        """Changes of an angle since the last sample that the velocities at both ends do not explain."""
        sample, stamp = observation.sample, observation.sample.stamp.get('joint_states', 0.0)
        last, self._last = self._last, (stamp, sample.position, sample.velocity)
        if last is None or stamp <= last[0]:
            return
        elapsed = stamp - last[0]
        for name in self._names:
            if name not in sample.position or name not in last[1]:
                continue
            change = abs(sample.position[name] - last[1][name])
            speed = max(abs(velocity.get(name, 0.0)) for velocity in (sample.velocity, last[2]))
            # from rest to rest, half the time speeding up and half slowing down: a t^2 / 4
            swing = ACCELERATION * elapsed**2 / 4
            if change > SLACK * speed * elapsed + swing + self._jump:
                yield Finding(
                    'encoder_jump',
                    name,
                    f'changed by {change:.2f} rad within {1000 * elapsed:.0f} ms at {speed:.1f} rad/s',
                )

    def _frozen(self, observation: Observation) -> Iterable[Finding]:
        """Angles that have not changed by the least step of an encoder while the reference went away from where it was."""
        sample = observation.sample
        for name in self._names:
            if name not in sample.position or name not in sample.reference:
                continue
            angle, asked = sample.position[name], sample.reference[name]
            last, since, before = self._unchanged.get(name, (math.nan, observation.now, asked))
            if angle != last or not math.isfinite(asked):
                self._unchanged[name] = angle, observation.now, asked
            elif abs(asked - before) > self._stuck and observation.now - since > FROZEN:
                yield Finding(
                    'encoder_frozen', name,
                    f'the same for {observation.now - since:.1f} s while it was moved by {abs(asked - before):.2f} rad',
                )
