# SPDX-License-Identifier: Apache-2.0
"""Balance controller and simulated robot on an empty floor in one process, in lock-step."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pinocchio as pin

from humanoid_control.balance import BalanceConfiguration, BalanceController, Mode
from humanoid_control.model import RobotModel
from humanoid_control.simulation.stand_in import StandIn

STEP_NS = 2_000_000
REFERENCE_TICKS = 5


class BalanceRig:
    """`step` is one control tick of 2 ms: low_state, controller, command, physics.

    Attributes:
        corrupt: optional function that changes copies of (position, velocity) before the controller sees them.
        modes: mode of every tick so far.
    """

    def __init__(self, robot: RobotModel, seed: int = 0, gains: BalanceConfiguration | None = None, **options: float):
        self.robot = robot
        self.world = StandIn(seed, options, robot=robot, with_station=False)
        self.balance = BalanceController(robot, gains)
        self.balance.activate()
        self.names = self.balance.names
        posture = robot.configuration.stand_posture
        self.stand = np.array([posture.get(name, 0.0) for name in self.names])
        self.corrupt: Callable[[np.ndarray, np.ndarray], None] | None = None
        self.modes: list[Mode] = []
        self.started = self.world.time_ns

    @property
    def time(self) -> float:
        """Simulated time since the controller's first tick [s]."""
        return (self.world.time_ns - self.started) * 1e-9

    def step(self) -> Mode:
        """One control tick."""
        position, velocity, _ = self.world.low_state()
        if self.corrupt is not None:
            position, velocity = position.copy(), velocity.copy()
            self.corrupt(position, velocity)
        self.modes.append(Mode(self.balance.tick(self.world.time_ns, position, velocity)))
        self.world.apply(self.balance.position, self.balance.velocity, self.balance.effort)
        self.world.step()
        return self.modes[-1]

    def run(self, seconds: float, each: Callable[[], None] | None = None) -> None:
        """Step for some simulated time, calling `each` after every tick."""
        for _ in range(round(seconds * 500)):
            self.step()
            if each is not None:
                each()

    def follow(self, seconds: float, posture: Callable[[float], tuple[np.ndarray, np.ndarray]],
               each: Callable[[], None] | None = None) -> None:
        """Step while sending posture(t) -> (position, velocity) at 100 Hz, t from 0."""
        begin = self.time
        for tick in range(round(seconds * 500)):
            if tick % REFERENCE_TICKS == 0 and self.balance.report.ticks:
                self.balance.set_reference(self.world.time_ns, *posture(self.time - begin))
            self.step()
            if each is not None:
                each()

    def stands(self) -> bool:
        """Whether every tick so far was a good one."""
        return all(mode == Mode.STANDING for mode in self.modes)

    def true_base(self) -> tuple[np.ndarray, np.ndarray]:
        """True position (3,) [m] and rotation (3, 3) of the base."""
        return self.world.world.body_pose(self.robot.configuration.frames.base)

    def true_velocity(self) -> np.ndarray:
        """True velocity (3,) [m/s] of the base in world axes."""
        world = self.world.world
        return world.data.qvel[world.root_qvel:world.root_qvel + 3].copy()

    def soles(self) -> np.ndarray:
        """True positions (2, 3) [m] of the feet."""
        return np.array([self.world.world.body_pose(leg.foot)[0] for leg in self.robot.configuration.legs.values()])

    def estimated_rotation(self) -> np.ndarray:
        """Estimated rotation (3, 3) of the base in odom."""
        return pin.Quaternion(np.array(self.balance.report.base_quaternion)).matrix()


def minimum_jerk(share: float) -> tuple[float, float]:
    """Smooth step from 0 to 1 and its derivative."""
    s = min(max(share, 0.0), 1.0)
    return s**3 * (10 - 15 * s + 6 * s * s), 30 * s * s * (1 - s) ** 2


class Squat:
    """Posture reference that lowers the pelvis, stays, and comes up; soles stay flat under the hips."""

    def __init__(self, rig: BalanceRig, depth: float, down: float = 2.0, stay: float = 1.0):
        self._rig, self._down, self._stay = rig, down, stay
        self._bend = 0.36
        thigh = 0.4
        self._deep = float(np.arccos(np.cos(self._bend) - depth / (2 * thigh))) - self._bend

    @property
    def seconds(self) -> float:
        """How long it takes, with a second to settle."""
        return 2 * self._down + self._stay + 1.0

    def __call__(self, time: float) -> tuple[np.ndarray, np.ndarray]:
        share, rate = minimum_jerk(time / self._down)
        back, back_rate = minimum_jerk((time - self._down - self._stay) / self._down)
        bend = self._bend + self._deep * (share - back)
        bend_rate = self._deep * (rate - back_rate) / self._down
        position, velocity = self._rig.stand.copy(), np.zeros(len(self._rig.names))
        for leg in self._rig.robot.configuration.legs.values():
            for joint, factor in zip(leg.joints[2:5], (-1.0, 2.0, -1.0)):     # hip pitch, knee, ankle pitch
                index = self._rig.names.index(joint)
                position[index], velocity[index] = factor * bend, factor * bend_rate
        return position, velocity
