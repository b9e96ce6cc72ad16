# SPDX-License-Identifier: Apache-2.0
"""Balance controller and simulated robot on an empty floor, walking and being pushed, in one process."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from humanoid_control.balance import BalanceConfiguration, BalanceController, Mode
from humanoid_control.balance.walk import Footstep, GaitPhase, WalkConfiguration
from humanoid_control.model import RobotModel
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.simulation.stand_in import StandIn

PERIOD = 0.002          # [s] one control tick
LOADED = 50.0           # [N] a foot with more than this should not move


class WalkingRig:
    """One control tick a step: low_state, controller, command, physics. Ground truth is only measured, never used.

    Attributes:
        balance: the controller.
        world: the simulated robot.
        steps: footsteps made so far.
        slips: way that each foot slid during each finished support phase [m].
        tilt: largest tilt of the pelvis so far [rad].
    """

    def __init__(self, robot: RobotModel, seed: int = 0, gains: Mapping[str, float] | None = None,
                 gait: Mapping[str, float] | None = None, **options: float):
        """A robot at rest.

        Args:
            gains, gait: changes of config/balance.yaml and config/walking.yaml.
            options: settings of the simulator, e.g. delay_ms, friction, mass_scale, noise.
        """
        self.robot = robot
        self.world = StandIn(seed, options, robot=robot, with_station=False)
        self.balance = BalanceController(robot, BalanceConfiguration.load().with_values(gains or {}),
                                         WalkConfiguration.load().with_values(gait or {}))
        self.balance.activate()
        self.steps: list[Footstep] = []
        self.slips: list[float] = []
        self.tilt = 0.0
        self._feet = [robot.configuration.legs[side].sole for side in SIDES]
        self._stood: list[np.ndarray | None] = [None, None]
        self._torso = robot.configuration.frames.torso

    def tick(self) -> bool:
        """One control tick; False when the robot has fallen or the controller gave up."""
        position, velocity, _ = self.world.low_state()
        mode = self.balance.tick(self.world.time_ns, position, velocity)
        self.world.apply(self.balance.position, self.balance.velocity, self.balance.effort)
        self.world.step()
        output = self.balance.walking.output
        if output.touchdown >= 0:
            pose = self.balance.walking.state.sole[output.touchdown]
            self.steps.append(Footstep(output.touchdown, pose.x, pose.y, pose.yaw))
        self._watch_feet(position)
        height, upright = self.base()[2], self.upright()
        self.tilt = max(self.tilt, math.acos(min(1.0, upright)))
        return mode in (Mode.STANDING, Mode.HOLDING) and height > 0.5 and upright > 0.6

    def run(self, seconds: float) -> bool:
        """Tick for some simulated time; False as soon as the robot has fallen."""
        return all(self.tick() for _ in range(round(seconds / PERIOD)))

    def walk(self, velocity: Sequence[float], seconds: float) -> bool:
        """Walk at a velocity (forward, left [m/s], turn [rad/s]) for some time."""
        self.balance.walking.walk(velocity)
        return self.run(seconds)

    def stop(self, seconds: float = 4.0) -> bool:
        """Come to a stand within some time; False when it doesn't."""
        self.balance.walking.stop()
        return self.run(seconds) and self.balance.walking.phase is GaitPhase.STANDING

    def push(self, direction: float, impulse: float, duration: float = 0.1) -> None:
        """Push the torso: direction [deg] from the robot's heading, to the left positive; impulse [N s]."""
        angle = math.radians(direction) + self.place()[2]
        force = impulse / duration
        self.world.push(self._torso, (force * math.cos(angle), force * math.sin(angle), 0.0), duration)

    def base(self) -> np.ndarray:
        """True position of the pelvis [m]."""
        return self.world.world.body_pose(self.robot.configuration.frames.base)[0]

    def upright(self) -> float:
        """Cosine of the pelvis' tilt."""
        return float(self.world.world.body_pose(self.robot.configuration.frames.base)[1][2, 2])

    def place(self) -> np.ndarray:
        """True middle between the soles and their mean yaw: x, y [m], yaw [rad]."""
        poses = [self.world.world.body_pose(foot) for foot in self._feet]
        middle = (poses[0][0] + poses[1][0]) / 2
        forward = poses[0][1][:, 0] + poses[1][1][:, 0]
        return np.array([middle[0], middle[1], math.atan2(forward[1], forward[0])])

    def _watch_feet(self, state: np.ndarray) -> None:
        for k, side in enumerate(SIDES):
            loaded = state[self.world.layout.force[f'{side}_sole']][2] > LOADED
            where = self.world.world.body_pose(self._feet[k])[0][:2]
            if loaded and self._stood[k] is None:
                self._stood[k] = where
            elif not loaded and self._stood[k] is not None:
                self.slips.append(float(np.linalg.norm(where - self._stood[k])))
                self._stood[k] = None
