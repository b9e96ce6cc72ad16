# SPDX-License-Identifier: Apache-2.0
"""The walking part in one process without ROS: what the node `walking` does, for the rehearsal of the work."""
from __future__ import annotations

from humanoid_control.balance import BalanceController
from humanoid_control.balance.walk import Footstep, GaitPhase
from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.floor_map import FloorMap
from humanoid_control.walking.footstep_planner import FootstepPlanner
from humanoid_control.walking.goal_walker import GoalState, GoalWalker
from humanoid_control.walking.map_alignment import MapAlignment
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.walk_status import WalkStatus
from humanoid_control.walking.walking_settings import WalkingSettings
from humanoid_control.work.walk_order import WalkAnswer
from humanoid_control.work.workplace import ODOM, Workplace


class RehearsedWalk:
    """Takes the workplace's orders, walks the balance controller there and answers.

    Attributes:
        floor: the map; a test may put another in its place.
        alignment: of odom on the map.
        refused: sightings of stations that were not believed.
    """

    def __init__(self, workplace: Workplace, balance: BalanceController, floor: FloorMap):
        settings = WalkingSettings.load_file()
        self.floor = floor
        self.alignment = MapAlignment(settings.alignment)
        self.refused: list[str] = []
        self._workplace, self._balance = workplace, balance
        self._walker = GoalWalker(FootstepPlanner(settings.footsteps, settings.shape(loaded=False)), settings.goal)
        self._plan = 0
        self._told: WalkAnswer | None = None

    def see(self, station: str, pose: Pose2) -> None:
        """A station was seen at a pose in odom; only a robot that stands takes notice."""
        landmark = self.floor.landmarks.get(station)
        if landmark is None or self._balance.walking.phase is not GaitPhase.STANDING:
            return
        try:
            self.alignment.see(landmark, pose)
        except WalkingError as error:
            self.refused.append(f'{station}: {error}')

    def update(self, now: float) -> None:
        """One look at orders and gait at a time [s]."""
        order = self._workplace.take_walk_order()
        if order is not None:
            self._walker.go(self.alignment.from_odom(order.goal) if order.frame == ODOM else order.goal, now)
            self._told = None
        footsteps = self._walker.update(self._status(), self.floor, now)
        if footsteps is not None:
            self._plan = self._walker.plan
            self._balance.walking.follow([Footstep(step.foot, *self.alignment.to_odom(Pose2(step.x, step.y, step.yaw)))
                                          for step in footsteps])
        answer = WalkAnswer(self._walker.state, self._walker.reason)
        if answer != self._told and answer.state is not GoalState.NONE:
            self._told = answer
            self._workplace.hear_walk(answer)

    def _status(self) -> WalkStatus:
        walking = self._balance.walking
        left, right, target = (self.alignment.from_odom(Pose2(p.x, p.y, p.yaw)) for p in (*walking.state.sole, walking.target))
        return WalkStatus(walking.phase is GaitPhase.STANDING, (left, right), 1 - walking.state.stance, target,
                          walking.footsteps_left, self._plan)
