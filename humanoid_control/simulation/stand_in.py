# SPDX-License-Identifier: Apache-2.0
"""Robot and stations in one process: what the simulator node wraps and what tests drive directly."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from humanoid_control.model.errors import ConfigurationError, HumanoidError
from humanoid_control.model.low_state import LowStateLayout
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.model.site_layout import SiteLayout
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.simulation.configuration import SimulatorConfiguration
from humanoid_control.simulation.ground_truth import GroundTruth
from humanoid_control.simulation.nut_line import NutLine, SeatJudgement
from humanoid_control.simulation.simulated_robot import CONTROL_STEP, SimulatedRobot
from humanoid_control.simulation.station_layout import StationLayout
from humanoid_control.simulation.world import World

SETTLE_TICKS = 250       # the drives hold while soles and nuts find their rest
SOLE_DEPTH = 2e-4        # [m] soles start this deep in the floor
TICK_NS = round(CONTROL_STEP * 1e9)


class LineObstructedError(HumanoidError):
    """The line cannot bring the next part because the robot is in the way."""


class StandIn:
    """Simulated robot at its station.

    One control step: read `low_state()`, give `apply(...)`, call `step()`. The same seed and the same commands
    give bit-identical states.

    Attributes:
        configuration: settings in force.
        robot: drives and sensors.
        line: casting and nuts, or None without a station.
        truth: ground truth, for scoring only.
        cycle: number of the part at the station, from 0.
    """

    def __init__(self, seed: int = 0, options: Mapping[str, Any] | None = None, *,
                 robot: RobotModel | None = None, station: StationConfiguration | None = None, site: SiteLayout | None = None,
                 with_station: bool = True, configuration_path: str | Path | None = None):
        """Build the world and let it come to rest.

        Args:
            options: settings of config/simulator.yaml by name, e.g. `{'noise': 0.0, 'delay_ms': 4.0}`.
            robot: another robot than the package's own.
            station: another station than the package's own; `with_station=False` leaves an empty floor.
            site: several stations instead of one.

        Raises ConfigurationError or ModelError naming what does not fit.
        """
        self.configuration = SimulatorConfiguration.load(configuration_path, {'seed': seed, **(options or {})})
        robot = robot or RobotModel.default()
        if with_station:
            site = site or SiteLayout.of_station(station or StationConfiguration.load())
        settings = self.configuration
        self.world = World(robot.urdf, robot.configuration, site if with_station else None, settings.world)
        layout = robot.low_state_layout()
        self.line = NutLine(self.world) if with_station else None
        self._start = self._draw_start()
        self._place_robot(layout)
        self.robot = SimulatedRobot(self.world, layout, settings.sensors, settings.drive)
        self.truth = GroundTruth(self.world, self.line)
        self._tick = 0
        self._pushes: list[_Push] = []
        self._settle()

    @property
    def layout(self) -> LowStateLayout:
        """Names and slices of the low state."""
        return self.robot.layout

    @property
    def cycle(self) -> int:
        """Number of the part at the station, from 0."""
        return self.line.cycle if self.line else 0

    @property
    def time_ns(self) -> int:
        """Simulated time [ns], exact."""
        return self._tick * TICK_NS

    @property
    def time(self) -> float:
        """Simulated time [s]."""
        return self.time_ns * 1e-9

    def low_state(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Position, velocity and effort in layout order, each (layout.size,); views, valid until the next step."""
        position, velocity, effort = self.robot.state
        return position, velocity, effort

    def apply(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> None:
        """Hand the drives a command of the actuated joints, each (33,) in layout order; see SimulatedRobot."""
        self.robot.command(position, velocity, effort)

    def step(self) -> None:
        """Advance by one control step of 2 ms."""
        if self._pushes:
            self._apply_pushes()
        self.robot.step()
        self._tick += 1
        self.truth.observe()

    def push(self, body: str, force: Sequence[float], duration: float, torque: Sequence[float] = (0, 0, 0),
             in_body_axes: bool = False) -> None:
        """Push a body at its centre of mass from now on for `duration` [s].

        Args:
            force [N], torque [N m]: (3,), in world axes, or in the body's axes as they are now.

        Raises ModelError for an unknown body, ConfigurationError for a wrench or duration that makes no sense.
        """
        wrench = np.array([*force, *torque], dtype=float)
        if wrench.shape != (6,) or not np.all(np.isfinite(wrench)):
            raise ConfigurationError(f'push on {body!r}: expected three finite forces and torques, got {wrench.tolist()}')
        if not math.isfinite(duration) or not CONTROL_STEP / 2 < duration <= 60:
            raise ConfigurationError(f'push on {body!r}: duration must lie in (0.001, 60] s, got {duration}')
        number = self.world.body_id(body)
        if in_body_axes:
            rotation = self.world.data.xmat[number].reshape(3, 3)
            wrench[:3], wrench[3:] = rotation @ wrench[:3], rotation @ wrench[3:]
        self._pushes.append(_Push(number, wrench, self._tick + max(1, round(duration / CONTROL_STEP))))

    def judge(self) -> dict[str, SeatJudgement]:
        """Ground truth of both pins as things lie now; ConfigurationError without a station."""
        return self._require_line().judge()

    def next_part(self) -> dict[str, SeatJudgement]:
        """Judge the part at the station, take it away and present the next one with full trays.

        Raises LineObstructedError naming the hand or nut that is in the way; nothing has then changed.
        """
        line = self._require_line()
        obstruction = line.obstruction()
        if obstruction:
            raise LineObstructedError(f'the line waits: {obstruction}')
        judgement = line.judge()
        line.place(line.cycle + 1)
        return judgement

    def reset(self) -> None:
        """Put robot, casting and nuts back to where this seed began; simulated time goes on."""
        mujoco.mj_resetData(self.world.model, self.world.data)
        self._draw_start()
        self._hang_robot()

    def hoist(self) -> None:
        """Put the robot alone back to where this seed began, as a hoist and helping hands do; simulated time goes on.

        Casting and nuts stay where they are; what the robot held falls.
        """
        self.world.data.xfrc_applied[:] = 0
        self.world.data.qvel[:] = 0
        self._hang_robot()

    def _hang_robot(self) -> None:
        self._pushes.clear()
        self._place_robot(self.layout)
        self.robot.reset()
        self.truth.reset()
        self._settle()

    def _require_line(self) -> NutLine:
        if self.line is None:
            raise ConfigurationError('there is no station in this world: nothing to judge')
        return self.line

    def _settle(self) -> None:
        for _ in range(SETTLE_TICKS):
            self.step()

    def _draw_start(self) -> StationLayout:
        """Casting and nuts of the first cycle in their places; where the robot starts."""
        return self.line.place(0) if self.line else StationLayout.draw(self.world.settings, None, 0)

    def _place_robot(self, layout: LowStateLayout) -> None:
        """Stand posture on the floor at the drawn start."""
        world = self.world
        model, data, posture = world.model, world.data, world.robot.stand_posture
        for name in layout.joint_names:
            data.joint(name).qpos[0] = posture.get(name, 0.0)
        for mimic, gripper in zip(world.robot.mimic_joints, world.robot.gripper_joints):
            data.joint(mimic).qpos[0] = posture.get(gripper, 0.0)
        root = data.qpos[world.root_qpos:world.root_qpos + 7]
        root[:] = (0, 0, 0, 1, 0, 0, 0)
        mujoco.mj_kinematics(model, data)
        soles = np.array([world.body_pose(leg.sole)[0] for leg in world.robot.legs.values()])
        middle = soles.mean(axis=0)
        x, y, yaw = self._start.robot
        root[0] = x - (math.cos(yaw) * middle[0] - math.sin(yaw) * middle[1])
        root[1] = y - (math.sin(yaw) * middle[0] + math.cos(yaw) * middle[1])
        root[2] = -soles[:, 2].min() - SOLE_DEPTH
        root[3:] = (math.cos(yaw / 2), 0, 0, math.sin(yaw / 2))
        mujoco.mj_forward(model, data)

    def _apply_pushes(self) -> None:
        applied = self.world.data.xfrc_applied
        for push in self._pushes:
            applied[push.body] = 0
        self._pushes = [p for p in self._pushes if p.until > self._tick]
        for push in self._pushes:
            applied[push.body] += push.wrench


class _Push:
    """Wrench (6,) in world axes on a body until a tick."""

    __slots__ = ('body', 'until', 'wrench')

    def __init__(self, body: int, wrench: np.ndarray, until: int):
        self.body, self.wrench, self.until = body, wrench, until

