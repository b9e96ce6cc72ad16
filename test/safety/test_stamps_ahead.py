# SPDX-License-Identifier: Apache-2.0
"""Stamps from the future neither hide that a node is silent nor stop a robot whose nodes speak."""
from __future__ import annotations

import pytest
from standing_robot import PERIOD, StandingRobot, supervisor

AHEAD = 5.0  # [s]


@pytest.mark.parametrize('topic', ['odom', 'whole_body/reference', 'imu/data'])
def test_a_topic_that_is_stamped_ahead_is_told_and_its_silence_is_noticed(topic):
    robot, watch = StandingRobot(), supervisor()
    for _ in range(5):
        watch.update(robot.observe())
    assert watch.remarks == ()
    for _ in range(round(2.0 / PERIOD)):
        observation = robot.observe()
        observation.sample.stamp[topic] += AHEAD
        watch.update(observation)
    assert watch.state.mode == 'running'
    assert watch.remarks == (f'{topic} is stamped 5.00 s ahead of the time',)
    stamp = observation.sample.stamp[topic]
    for _ in range(round(1.0 / PERIOD)):
        observation = robot.observe()
        observation.sample.stamp[topic] = stamp
        watch.update(observation)
    assert any(fault.subject == topic and fault.code.endswith('_silent') for fault in watch.state.faults)


def test_a_clock_that_stands_still_makes_nothing_old():
    robot, watch = StandingRobot(), supervisor()
    for _ in range(5):
        observation = robot.observe()
        watch.update(observation)
    observation.sample.stamp['odom'] += 0.05
    for _ in range(100):
        watch.update(observation)
    assert not any(fault.code.endswith('_silent') for fault in watch.state.faults)
