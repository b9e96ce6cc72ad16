# SPDX-License-Identifier: Apache-2.0
"""The robot at its station as the work sees it: hands, what was seen, where it stands, what it is told."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pinocchio as pin

from humanoid_control.model import RobotModel, StationConfiguration
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.hand import Hand
from humanoid_control.work.hand_observer import HandObserver
from humanoid_control.work.part_memory import PartMemory
from humanoid_control.work.walk_order import WalkAnswer, WalkOrder

ODOM = 'odom'
STATION_SIDE = {'l': 'left', 'r': 'right'}


class Reach(Protocol):
    """Whether an arm gets its gripper to a pose, and with how much joint travel left."""

    def stand_at(self, q: np.ndarray) -> None:
        """Take the posture of the body, base in base_footprint."""

    def solve(self, side: str, pose: pin.SE3):
        """Result with `reachable` and `margin` [rad] for a pose in base_footprint."""


class Workplace:
    """Everything a task reads and commands; fed and emptied by a node or a test once a control period.

    Attributes:
        station: drawing of the station that the robot stands at or walks to.
        hands: by side, 'l' and 'r'.
        memory: what the cameras saw.
        reach: reach of the arms.
        stance: pose of base_footprint in odom; None until known.
        station_pose: pose of the station frame in odom as the tag board gave it; None until seen.
        station_stamp: time of the image behind `station_pose` [s].
        base: pose of the base link in odom; None until known.
        gaze: point to look at in odom [m], or None.
        torso_pitch: commanded forward pitch of the torso [rad], or None.
        walk_order: where to walk, until somebody has taken it; None when there is nothing to tell.
        walk_answer: newest answer to the last order, None before there is one.
        refusal: newest reason why the kinematics refused a command, or None.
        fallen: why balance was given up, or None while the robot is balanced.
        time: of the newest sample [s].
        idle: time that has passed without being worked in [s].
    """

    FALLEN_HEIGHT = 0.45   # [m] base over the floor: below it no standing or squatting robot is
    FALLEN_UPRIGHT = 0.75  # cosine of the base's tilt: beyond 41 degrees no balance is left

    def __init__(self, robot: RobotModel, station: StationConfiguration, reach: Reach, period: float):
        self.robot = robot
        self.station = station
        self.reach = reach
        self.memory = PartMemory()
        self.hands = {side: Hand(side, HandObserver(robot, side), period) for side in SIDES}
        self.stance: pin.SE3 | None = None
        self.station_pose: pin.SE3 | None = None
        self.station_stamp = float('-inf')
        self.base: pin.SE3 | None = None
        self.gaze: np.ndarray | None = None
        self.torso_pitch: float | None = None
        self.walk_order: WalkOrder | None = None
        self.walk_answer: WalkAnswer | None = None
        self.refusal: str | None = None
        self.fallen: str | None = None
        self.time = self.idle = 0.0
        self._joints: tuple[Sequence[str], Sequence[float]] = ((), ())

    def observe(self, time: float, names: Sequence[str], positions: Sequence[float], base: pin.SE3,
                wrist_forces: Mapping[str, np.ndarray]) -> None:
        """Take one joint sample with the base pose and both wrist forces; see HandObserver.update.

        Raises WorkFailure FELL when balance was given up or the base is too low or too tilted for a robot on its feet.
        """
        if self.fallen is not None:
            raise WorkFailure(FailureCode.FELL, f'balance was given up: {self.fallen}')
        self.time = time
        self.base = base
        self._joints = (names, positions)
        for side, hand in self.hands.items():
            hand.observe(time, names, positions, base, wrist_forces[side])
        height, upright = base.translation[2] - (0.0 if self.stance is None else self.stance.translation[2]), base.rotation[2, 2]
        if self.stance is not None and (height < self.FALLEN_HEIGHT or upright < self.FALLEN_UPRIGHT):
            raise WorkFailure(FailureCode.FELL, f'base is {height:.2f} m over the floor, tilted by {np.degrees(np.arccos(upright)):.0f} degrees')

    def move_to(self, station: StationConfiguration) -> None:
        """Work at another station from now on, which hasn't been seen yet."""
        self.station = station
        self.station_pose, self.station_stamp = None, float('-inf')

    def see_station(self, name: str, pose: pin.SE3, stamp: float) -> None:
        """Take the pose of a station frame in odom from an image of time `stamp` [s]; other stations are passed over."""
        if name == self.station.name:
            self.station_pose, self.station_stamp = pose, stamp

    def order_walk(self, order: WalkOrder) -> None:
        """Tell where to walk; answers to earlier orders don't count any more."""
        self.walk_order, self.walk_answer = order, None

    def take_walk_order(self) -> WalkOrder | None:
        """The order that nobody took yet."""
        order, self.walk_order = self.walk_order, None
        return order

    def hear_walk(self, answer: WalkAnswer | None) -> None:
        """Take an answer, if it is one, unless it can't be to the last order, which nobody took yet."""
        if answer is not None and self.walk_order is None:
            self.walk_answer = answer

    def let_pass(self, elapsed: float) -> None:
        """Let time [s] pass that isn't worked in."""
        self.idle += elapsed
        for hand in self.hands.values():
            hand.idle += elapsed
            hand.time -= elapsed

    @property
    def posture(self) -> np.ndarray:
        """Configuration q of the robot as measured, base in base_footprint."""
        return self.robot.configuration_of(*self._joints, self.in_footprint(self.base))

    def in_footprint(self, pose: pin.SE3) -> pin.SE3:
        """Pose in base_footprint of a pose in odom."""
        return self.stance.actInv(pose)

    def mirrored(self, position: Sequence[float], side: str) -> np.ndarray:
        """Point in odom [m] of a point given for the left side in base_footprint."""
        x, y, z = position
        return self.stance.act(np.array([x, y if side == 'l' else -y, z]))

    def upright(self, yaw: float) -> np.ndarray:
        """Gripper axes in odom, fingers straight down on the bench, turned about its normal by yaw from the stance [rad]."""
        station = self.station_guess.rotation
        return station @ pin.utils.rotate('z', self.heading - _heading(station) + yaw)

    @property
    def heading(self) -> float:
        """Direction in which the robot stands, about the vertical of odom [rad]."""
        return _heading(self.stance.rotation)

    @property
    def station_guess(self) -> pin.SE3:
        """Pose of the station frame in odom: as seen, or as the drawing has it until it was seen."""
        if self.station_pose is not None:
            return self.station_pose
        nominal = self.station.nominal_pose
        return self.stance * pin.SE3(pin.utils.rotate('z', nominal.yaw), np.array([nominal.x, nominal.y, nominal.z]))

    def over_bench(self, position: np.ndarray, margin: float = 0.08) -> bool:
        """Whether a point in odom lies over the bench or nearer to its edge than a margin [m]."""
        bench = self.station.bench
        local = self.station_guess.actInv(np.asarray(position, float))[:2]
        return bool(np.all(np.abs(local - bench.centre) < np.array(bench.size) / 2 + margin))

    def bench_height(self, position: np.ndarray) -> float:
        """Height of the bench top in odom [m] under a point, from the tag board's seen pose and the drawing.

        The bench is as level as the board was seen: half a degree is 3 mm at the trays.
        """
        drawing, station = self.station, self.station_guess
        normal = station.rotation[:, 2]
        top = station.translation + (drawing.bench.height - drawing.nominal_pose.z) * normal
        offset = np.asarray(position, float)[:2] - top[:2]
        return float(top[2] - normal[:2] @ offset / normal[2])

    def in_tray(self, side: str, position: np.ndarray, margin: float = 0.02) -> bool:
        """Whether a point in odom lies over a side's tray."""
        tray = self.station.trays[STATION_SIDE[side]]
        local = self.station_pose.actInv(np.asarray(position, float))[:2]
        return bool(np.all(np.abs(local - tray.centre) < np.array(tray.size) / 2 + margin))


def _heading(rotation: np.ndarray) -> float:
    return float(np.arctan2(rotation[1, 0], rotation[0, 0]))
