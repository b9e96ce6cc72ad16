# SPDX-License-Identifier: Apache-2.0
"""The whole humanoid on its feet behind emulated motors: balance controller, real joint driver, buses, mechanics."""

from __future__ import annotations

import numpy as np

from bench.emulated_bench import ROBOT, TICK, EmulatedBench
from humanoid_control.balance.balance_controller import BalanceController
from humanoid_control.drivers.emulation.mujoco_plant import MujocoPlant
from humanoid_control.simulation.stand_in import StandIn


class StandingBench:
    """Stand-in, emulated motors, driver and balance controller in one process, tick by tick."""

    def __init__(self, seed: int = 0, stand_in: StandIn | None = None, balance: BalanceController | None = None):
        """`stand_in`, `balance`: the world and the controller; by default an empty floor and a new controller."""
        self.stand_in = stand_in or StandIn(seed, robot=ROBOT, with_station=False)
        self.bench = EmulatedBench(plant=MujocoPlant(self.stand_in))
        self.balance = balance or BalanceController(ROBOT)
        self._command = np.zeros((3, len(ROBOT.actuated_names)))
        self.balance.bind_commands(*self._command)
        self._state = np.zeros((2, self.stand_in.layout.size))

    def start(self) -> None:
        """Switch the motors on, hold, then let the controller take over."""
        self.bench.start()
        self.bench.run(0.5)
        self.balance.activate()

    @property
    def position(self) -> np.ndarray:
        """Positions and sensors of the low state that balance had last."""
        return self._state[0]

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
            bench.tick(self._command_to_send())

    def _command_to_send(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return tuple(self._command)
