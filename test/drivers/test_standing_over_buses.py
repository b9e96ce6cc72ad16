# SPDX-License-Identifier: Apache-2.0
"""The whole humanoid stands with its real joint driver between balance controller and emulated motors."""

from __future__ import annotations

import numpy as np
import pytest
from emulated_bench import ROBOT, TICK, EmulatedBench

from humanoid_control.balance.balance_controller import BalanceController
from humanoid_control.drivers.emulation.mujoco_plant import MujocoPlant
from humanoid_control.drivers.exchange_types import Cause, State
from humanoid_control.simulation.stand_in import StandIn


class StandingBench:
    """Stand-in, emulated motors, driver and balance controller in one process, tick by tick."""

    def __init__(self, seed: int = 0):
        self.stand_in = StandIn(seed, robot=ROBOT, with_station=False)
        self.bench = EmulatedBench(plant=MujocoPlant(self.stand_in))
        self.balance = BalanceController(ROBOT)
        self._command = np.zeros((3, len(ROBOT.actuated_names)))
        self.balance.bind_commands(*self._command)
        self._state = np.zeros((2, self.stand_in.layout.size))

    def start(self) -> None:
        """Switch the motors on, hold, then let the controller take over."""
        self.bench.start()
        self.bench.run(0.5)
        self.balance.activate()

    @property
    def uprightness(self) -> float:
        """Cosine of the pelvis' tilt."""
        return float(self.stand_in.world.body_pose(ROBOT.configuration.frames.base)[1][2, 2])

    def run(self, seconds: float) -> None:
        """Balance for a simulated time."""
        bench, joints = self.bench, self.stand_in.layout.joints
        for _ in range(round(seconds / TICK)):
            position, velocity = self._state
            position[joints], velocity[joints], position[joints.stop :] = bench.position, bench.velocity, bench.sensors
            self.balance.tick(bench.driver.pace.now(), position, velocity)
            bench.tick(tuple(self._command))


@pytest.fixture
def standing():
    """The robot on its feet, balanced over the buses."""
    robot = StandingBench()
    with robot.bench:
        robot.start()
        yield robot


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
