# SPDX-License-Identifier: Apache-2.0
"""Which changes of a joint angle are motion and which are an encoder's."""

from __future__ import annotations

import pytest
from standing_robot import TREE, StandingRobot

from humanoid_control.safety.monitors.data_monitor import DataMonitor
from humanoid_control.safety.settings import SafetySettings

JOINT = 'l_knee'


@pytest.mark.parametrize(('change', 'speed', 'elapsed', 'jumps'), [
    (0.18, 0.9, 0.06, False),      # a walking robot's knee turns round between two looks
    (0.18, 0.0, 0.01, True),       # too soon for that
    (0.6, 0.9, 0.06, True),
    (0.9, 9.0, 0.10, False),       # the speed explains it
    (0.09, 0.0, 0.001, False),     # a loose tooth is not a jump
])
def test_a_jump_is_what_neither_speed_nor_acceleration_explains(change, speed, elapsed, jumps):
    monitor, robot = DataMonitor(SafetySettings.load().joints, TREE), StandingRobot()
    before, after = robot.observe(), robot.observe()
    for observation, angle, stamp in ((before, 0.5, 10.0), (after, 0.5 + change, 10.0 + elapsed)):
        sample = observation.sample
        sample.position = sample.position | {JOINT: angle}
        sample.velocity = sample.velocity | {JOINT: speed}
        sample.stamp = sample.stamp | {'joint_states': stamp}
        found = [finding for finding in monitor.check(observation) if finding.code == 'encoder_jump']
    assert [finding.subject for finding in found] == ([JOINT] if jumps else [])
