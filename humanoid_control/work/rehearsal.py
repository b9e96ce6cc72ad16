# SPDX-License-Identifier: Apache-2.0
"""The nut station in one process without ROS: for trials of the work by the hundred, and for tuning.

Simulator, balance, kinematics and work are the product's own classes, stepped as their nodes step them. Only the eyes
are a stand-in: parts as they truly lie, with errors drawn like those of the cameras.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.balance import BalanceController
from humanoid_control.balance.native_structs import Mode
from humanoid_control.kinematics.errors import TargetRefused
from humanoid_control.kinematics.motion_stop import MotionStop
from humanoid_control.kinematics.reach import ArmReach
from humanoid_control.kinematics.reach.reach_guard import ReachGuard
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.model import RobotModel, SiteLayout, StationConfiguration
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.safety.safety_state import FaultReport
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.simulation.stand_in import StandIn
from humanoid_control.walking.floor_map import FloorMap
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.work.failure import WorkFailure
from humanoid_control.work.nut_cycle import CycleResult
from humanoid_control.work.nut_parameters import NutParameters
from humanoid_control.work.part_memory import PartSighting
from humanoid_control.work.rehearsed_walk import RehearsedWalk
from humanoid_control.work.shift import Shift
from humanoid_control.work.stop_policy import StopPolicy
from humanoid_control.work.two_station_cycle import nut_cycle
from humanoid_control.work.workplace import Workplace

CONTROL_TICKS = 5            # balance ticks in one control period of work and kinematics
PERIOD = 0.01                # [s] of work and kinematics
IMAGE_PERIOD = 0.4           # [s] of the eyes
WALK_PERIOD = 0.05           # [s] of the walking part
SIGHT = 1.5                  # [m] from the board within which its tags are large enough


@dataclass(frozen=True)
class SightErrors:
    """Standard deviations of one look: constant over the frames of a look, then per frame; [m], [rad]."""

    nut: float = 0.0008
    nut_yaw: float = 0.02
    pin: float = 0.0006
    height: float = 0.0006
    frame: float = 0.0003


class Rehearsal:
    """One robot on a simulated site: at one station that has all, or with a feeder and a fixture to walk between.

    Attributes:
        world: the simulated stand-in.
        workplace: what the work sees.
        results: what the robot believed, by cycle.
        judgements: ground truth of each cycle's end, by cycle.
    """

    def __init__(self, seed: int, cycles: int = 1, options: dict | None = None, errors: SightErrors | None = None,
                 parameters: NutParameters | None = None, watch: Callable[[Rehearsal], None] | None = None,
                 site: SiteLayout | None = None):
        robot, site = RobotModel.default(), site or SiteLayout.of_station(StationConfiguration.load())
        settings = KinematicsSettings.load()
        self.robot = robot
        self.world = StandIn(seed, options, robot=robot, site=site)
        self.balance = BalanceController(robot)
        self.body = WholeBodyKinematics(robot, settings)
        self.guard = ReachGuard(self.body, settings)
        self.stop = MotionStop(self.body, self.guard)
        self._policy = StopPolicy()
        self.workplace = Workplace(robot, site.feeder.station, ArmReach(robot, settings=settings), PERIOD)
        parameters = parameters or NutParameters.load()
        self.cycle = nut_cycle(self.workplace, parameters, site)
        self.walk = RehearsedWalk(self.workplace, self.balance, FloorMap.of_site(site)) if site.feeder is not site.fixture else None
        self.shift = Shift(self.cycle, self, cycles, self._record)
        self.results: dict[int, CycleResult] = {}
        self.judgements: dict[int, dict] = {}
        self.refusals: list[str] = []
        self._errors = errors or SightErrors()
        self._random = np.random.default_rng((seed, 99))
        self._bias: dict[str, np.ndarray] = {}
        self._watch = watch
        self._next_image = self._next_walk = 0.0
        self._answer: bool | None = None
        self._wake()
        self._tick()
        names, positions = self._joints()
        self.body.reset(dict(zip(names, positions)))
        self.guard.reset()

    def run(self, limit: float) -> None:
        """Work the shift to its end, at most `limit` simulated seconds."""
        end = self.world.time + limit
        while self.world.time < end:
            for _ in range(CONTROL_TICKS):
                self._tick()
            if self._control():
                return
        raise TimeoutError(f'the shift still runs after {limit} simulated seconds: {self.cycle.stage}')

    def obey(self, category: StopCategory, reason: str = 'the rehearsal says so', faults: Sequence[FaultReport] = ()) -> None:
        """Carry a stop out as all nodes on the control path do; the work pauses with the next control period."""
        if category is not self.stop.category:
            self.balance.set_stop(category)
            self.stop.carry_out(category, reason)
            self.world.robot.switch(category is not StopCategory.POWER_OFF)
        self._policy.faults = faults

    def request_next_part(self) -> None:
        """The shift's line: judge and present the next part."""
        judgement = self.world.next_part()
        self.judgements[self.shift.number] = judgement
        self._answer = True

    def next_part_ready(self) -> bool | None:
        """The shift's line."""
        return self._answer

    def _wake(self) -> None:
        """Let balance take over the robot."""
        self.balance.activate()

    def _measured(self) -> np.ndarray:
        """Positions and sensors of the low state that the controllers have."""
        return self.world.low_state()[0]

    def _tick(self) -> None:
        position, velocity, _ = self.world.low_state()
        self.balance.tick(self.world.time_ns, position, velocity)
        self.world.apply(self.balance.position, self.balance.velocity, self.balance.effort)
        self.world.step()

    def _control(self) -> bool:
        """One control period of work and kinematics; True when the shift has ended."""
        names, positions = self._joints()
        workplace, report = self.workplace, self.balance.report
        workplace.fallen = self.balance.reason if self.balance.mode == Mode.FALLEN else None
        position, layout = self._measured(), self.world.layout
        workplace.stance = pin.SE3(pin.utils.rotate('z', report.stance_yaw), np.array(report.stance_position))
        x, y, z, w = report.base_quaternion
        base = pin.SE3(pin.Quaternion(w, x, y, z).toRotationMatrix(), np.array(report.base_position))
        forces = {side: position[layout.force[f'{side}_wrist']].copy() for side in SIDES}
        try:
            workplace.observe(self.world.time, names, positions, base, forces)
        except WorkFailure as failure:
            self.shift.abort(failure)
        try:
            self.shift.paused = self._policy.judge(self.stop.category, self.stop.reason, 0.0, self.world.time)
        except WorkFailure as failure:
            self.shift.abort(failure)
        if self.world.time >= self._next_image:
            self._look(base)
            self._next_image = self.world.time + IMAGE_PERIOD
        ended = self.shift.step()
        if self.walk is not None and self.world.time >= self._next_walk:
            self.walk.update(self.world.time)
            self._next_walk = self.world.time + WALK_PERIOD
        self._move()
        if self._watch is not None:
            self._watch(self)
        return ended

    def _move(self) -> None:
        """What the kinematics node does with one sample."""
        if not self.shift.paused:
            self._take_targets()
        grippers = [0.019 if hand.target_opening is None else hand.target_opening for hand in self.workplace.hands.values()]
        if self.stop.takes_over:
            self.body.reset(dict(zip(*self._joints())))
        else:
            self.body.update(PERIOD)
        self._give_reference(np.concatenate([self.body.position, grippers]), np.concatenate([self.body.velocity, np.zeros(2)]))

    def _give_reference(self, position: np.ndarray, velocity: np.ndarray) -> None:
        self.balance.set_reference(self.world.time_ns, position, velocity)

    def _take_targets(self) -> None:
        workplace = self.workplace
        try:
            self.stop.check()
            if workplace.torso_pitch is not None:
                self.body.set_torso_pitch(workplace.torso_pitch)
            if workplace.gaze is not None:
                self.body.set_gaze(workplace.stance.actInv(workplace.gaze))
            for side, hand in workplace.hands.items():
                if hand.target_position is not None:
                    self.guard.lead(side, workplace.in_footprint(pin.SE3(hand.target_rotation, hand.target_position)))
        except TargetRefused as refusal:
            self.refusals.append(f'{self.world.time:.2f} s: {refusal}')

    def _joints(self) -> tuple[tuple[str, ...], np.ndarray]:
        position, layout = self._measured(), self.world.layout
        return layout.joint_names, position[layout.joints].copy()

    def _look(self, base: pin.SE3) -> None:
        """Eyes: true poses carried over to odom by the estimated base, with errors."""
        to_odom = base * pin.SE3(self.world.truth.base_pose()).inverse()
        self._look_at_boards(to_odom, base)
        self.workplace.memory.add_frame(self.world.time, self._see_parts(to_odom))
        self.workplace.memory.forget(self.world.time - 120.0)

    def _see_parts(self, to_odom: pin.SE3) -> list[PartSighting]:
        truth, errors, seen = self.world.truth, self._errors, []
        pins = truth.pin_poses()
        for side, pose in pins.items():
            seen.append(self._sighting('pin', f'{side}_pin', to_odom * pin.SE3(pose), errors.pin))
        for name, pose in truth.nut_poses().items():
            place = to_odom * pin.SE3(pose)
            on = [side for side, at in pins.items() if np.linalg.norm(pose[:2, 3] - at[:2, 3]) < 0.01]
            seen.append(self._sighting('seated_nut', f'{on[0]}_pin', place, errors.nut) if on
                        else self._sighting('nut', name, place, errors.nut))
        return seen

    def _look_at_boards(self, to_odom: pin.SE3, base: pin.SE3) -> None:
        for name, pose in self.world.truth.station_poses().items():
            station = to_odom * pin.SE3(pose)
            local = base.actInv(station.translation)
            if self.walk is None or (local[0] > 0.0 and np.linalg.norm(local[:2]) < SIGHT):
                self.workplace.see_station(name, station, self.world.time)
                if self.walk is not None:
                    self.walk.see(name, Pose2(*station.translation[:2], float(np.arctan2(station.rotation[1, 0], station.rotation[0, 0]))))

    def _sighting(self, part: str, name: str, pose: pin.SE3, error: float) -> PartSighting:
        key = f'{part} {name} {self.world.cycle}'
        if key not in self._bias:
            self._bias[key] = self._random.normal(size=4) * [error, error, self._errors.height, self._errors.nut_yaw]
        bias, frame = self._bias[key], self._random.normal(size=3) * self._errors.frame
        yaw = np.arctan2(pose.rotation[1, 0], pose.rotation[0, 0]) + bias[3]
        return PartSighting(part, name, pose.translation + bias[:3] + frame, pin.utils.rotate('z', float(yaw)), 0.9, self.world.time)

    def _record(self, number: int, result: CycleResult) -> None:
        self.results[number] = result
        self._answer = None
