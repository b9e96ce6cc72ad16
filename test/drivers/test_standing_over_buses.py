# SPDX-License-Identifier: Apache-2.0
"""The whole humanoid stands with its real joint driver between balance controller and emulated motors."""

from __future__ import annotations

import numpy as np
import pytest

from bench.emulated_bench import TICK
from bench.standing_bench import StandingBench
from humanoid_control.drivers.exchange_types import Cause, State


@pytest.fixture
def standing():
    """The robot on its feet, balanced over the buses."""
    robot = StandingBench()
    with robot.bench:
        robot.start()
        yield robot


def test_taking_over_a_robot_that_carries_its_weight_moves_it_gently():
    robot = StandingBench()
    with robot.bench:
        state = robot.stand_in.low_state
        joints = robot.stand_in.layout.joints
        before, moved, speed = state()[0][joints].copy(), 0.0, 0.0
        robot.bench.start()
        for _ in range(round(1.0 / TICK)):
            robot.bench.tick()
            position, velocity, _ = state()
            moved = max(moved, float(np.abs(position[joints] - before).max()))
            speed = max(speed, float(np.abs(velocity[joints]).max()))
        assert robot.bench.driver.state == State.HOLD
        assert moved < 0.05 and speed < 1.0, (moved, speed)
        assert robot.stand_in.truth.base_height > 0.80


def test_the_robot_stands_and_survives_a_push_and_two_percent_of_lost_frames(standing):
    standing.bench.faults.order('loss 0.02')
    standing.run(1.0)
    standing.stand_in.push('torso', (50.0, 0.0, 0.0), 0.1)
    standing.run(3.0)
    assert standing.bench.driver.state == State.RUN
    assert not standing.stand_in.truth.fallen
    assert standing.stand_in.truth.base_height > 0.80
    assert sum(motor.lost for motor in standing.bench.driver.exchange.motors().values()) > 1000


def test_a_silent_motor_brings_the_standing_robot_down_in_order(standing):
    standing.run(0.5)
    standing.bench.faults.order('silent l_shoulder_yaw')
    standing.run(0.02)
    assert standing.bench.driver.state == State.HOLD and standing.bench.cause == Cause.MOTOR_SILENT
    standing.run(0.4)
    assert standing.stand_in.truth.base_height > 0.78  # it holds before it sits
    while standing.bench.driver.state != State.OFF:
        standing.run(TICK)
    assert standing.stand_in.truth.base_height < 0.5
    assert standing.uprightness > 0.95  # crouching on its soles when power goes
