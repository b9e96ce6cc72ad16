# SPDX-License-Identifier: Apache-2.0
"""Limits of single joints."""

from __future__ import annotations

from collections.abc import Iterable

from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import JointSettings


class JointMonitor:
    """Position, velocity, torque, tracking and temperature of the turning joints.

    Slides (grippers) stand at their limits and press by design and are left out.
    """

    def __init__(self, settings: JointSettings, tree: LinkTree):
        self._settings = settings
        self._joints = {name: tree.joints[name] for name in tree.movable if tree.joints[name].kind != 'prismatic'}

    def check(self, observation: Observation) -> Iterable[Finding]:
        """Findings `joint_limit`, `joint_too_fast`, `torque_high`, `tracking_error`, `temperature_high`."""
        sample, settings = observation.sample, self._settings
        for name, joint in self._joints.items():
            position = sample.position.get(name)
            if position is None:
                continue
            low, high = joint.lower + settings.position_margin, joint.upper - settings.position_margin
            if position < low or position > high:  # no number is the business of another monitor
                yield Finding('joint_limit', name, f'at {position:.3f} rad, allowed are {low:.3f} to {high:.3f} rad')
            speed = abs(sample.velocity.get(name, 0.0))
            if speed > settings.velocity_share * joint.velocity:
                yield Finding('joint_too_fast', name, f'{speed:.1f} rad/s of {joint.velocity:g} rad/s')
            torque = abs(sample.effort.get(name, 0.0))
            if torque > settings.torque_share * joint.effort:
                yield Finding('torque_high', name, f'{torque:.0f} N m of {joint.effort:g} N m')
            error = abs(sample.reference.get(name, position) - position)
            if error > settings.tracking:
                yield Finding(
                    'tracking_error',
                    name,
                    f'{error:.2f} rad from where it should be, allowed are {settings.tracking:g} rad',
                )
        for name, heat in observation.temperature.items():
            if heat > settings.temperature:
                yield Finding('temperature_high', name, f'{heat:.0f} degree C, allowed are {settings.temperature:g}')
        for name, volts in observation.voltage.items():
            if volts < settings.voltage:
                yield Finding('voltage_low', name, f'{volts:.1f} V, needed are {settings.voltage:g} V')
