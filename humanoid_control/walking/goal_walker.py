# SPDX-License-Identifier: Apache-2.0
"""Walks to a goal: plans footsteps, watches them being made, plans again when the way or the robot is elsewhere."""
from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from humanoid_control.balance.walk import Footstep
from humanoid_control.walking.errors import NoPathError
from humanoid_control.walking.floor_map import FloorMap
from humanoid_control.walking.footstep_planner import FootstepPlanner
from humanoid_control.walking.pose2 import Pose2, wrap
from humanoid_control.walking.walk_status import WalkStatus


class GoalState(Enum):
    """How far the goal is."""

    NONE = 'no goal'
    WALKING = 'walking'
    BLOCKED = 'blocked'
    ARRIVED = 'arrived'
    FAILED = 'failed'


@dataclass(frozen=True)
class GoalSettings:
    """Tolerances and patience of walking to a goal (section `goal` of config/walking_node.yaml).

    Attributes:
        distance, angle: of the middle between the feet to the goal at which it is reached [m], [rad].
        corrections: plans made from a stand near the goal before it counts as missed.
        deviation: distance of a footstep from its plan that calls for a new plan [m].
        patience: time that a blocked robot waits for the way to become free [s].
        retry: time between two plans of a blocked robot [s].
        resend: time after which footsteps that the gait hasn't acknowledged are sent again [s].
        silence: age of the gait's status at which the goal is given up [s].
    """

    distance: float
    angle: float
    corrections: int
    deviation: float
    patience: float
    retry: float
    resend: float
    silence: float


class GoalWalker:
    """State machine of one goal at a time, in the frame of the floor map.

    Attributes:
        state: how far the goal is.
        reason: of `BLOCKED` and `FAILED`, for people.
        footsteps: the plan, from the first step that isn't made yet.
        plan: number of the plan that the gait was given last: the time of planning [ns].
    """

    def __init__(self, planner: FootstepPlanner, settings: GoalSettings):
        """Without a goal."""
        self.state = GoalState.NONE
        self.reason = ''
        self.footsteps: list[Footstep] = []
        self.plan = 0
        self._sent = self._next_plan = 0.0
        self._blocked_since: float | None = None
        self._planner, self._settings = planner, settings
        self._goal: Pose2 | None = None

    def go(self, goal: Pose2, now: float) -> None:
        """Take a new goal at time `now` [s]; planning starts with the next update that finds the robot standing."""
        self._goal = goal
        self.state, self.reason = GoalState.WALKING, ''
        self.footsteps = []
        self._corrections = 0
        self._blocked_since = None
        self._next_plan = now
        self._needs_plan = self._halts = True

    def cancel(self) -> None:
        """Forget the goal."""
        self._goal = None
        self.footsteps = []
        self.state, self.reason = GoalState.NONE, ''

    @property
    def under_way(self) -> bool:
        """Whether there is a goal that is neither reached nor given up."""
        return self.state in (GoalState.WALKING, GoalState.BLOCKED)

    def fail(self, reason: str) -> None:
        """Give the goal up, if there is one."""
        if self.under_way:
            self.footsteps = []
            self.state, self.reason = GoalState.FAILED, reason

    def update(self, status: WalkStatus, floor: FloorMap, now: float) -> list[Footstep] | None:
        """One look at the robot, coordinates of the floor map. Returns footsteps to be sent ([] = stop), None = nothing.

        Plans are made while the robot stands; when one has to be given up, it stops first.
        Never raises for a goal that can't be reached: `state` is then FAILED.
        """
        # a clock that was set back must not make anybody wait
        self._next_plan = min(self._next_plan, now + self._settings.retry)
        if self._blocked_since is not None:
            self._blocked_since = min(self._blocked_since, now)
        if not status.balancing:
            self.fail('the robot does not balance')  # and does not walk on by itself when it is set up again
        if not self.under_way:
            return None
        if self._needs_plan and self._halts:
            self._halts = False
            return self._send([], now)
        if status.plan != self.plan:
            return self._repeat(now)  # the gait hasn't heard yet
        if self._needs_plan:
            return self._plan(status, floor, now) if status.standing and now >= self._next_plan else None
        self.footsteps = self.footsteps[max(0, len(self.footsteps) - status.footsteps_left):]
        if status.standing and status.footsteps_left == 0:
            return self._judge(status, floor, now)
        obstacle = self._planner.is_blocked(floor, status.soles, self.footsteps)
        if obstacle is not None or self._strayed(status):
            self.reason = f'{obstacle} came into the way' if obstacle else 'pushed off the footsteps'
            self._needs_plan = True
            return self._send([], now)
        return None

    def error(self, status: WalkStatus) -> tuple[float, float]:
        """Distance [m] and angle [rad] of the robot to the goal."""
        if self._goal is None:
            return math.inf, math.pi
        return status.middle.distance(self._goal), abs(wrap(status.middle.yaw - self._goal.yaw))

    def _judge(self, status: WalkStatus, floor: FloorMap, now: float) -> list[Footstep] | None:
        distance, angle = self.error(status)
        if distance <= self._settings.distance and angle <= self._settings.angle:
            self.state = GoalState.ARRIVED
            return None
        if self._corrections >= self._settings.corrections:
            self.state = GoalState.FAILED
            self.reason = f'{distance:.3f} m and {math.degrees(angle):.1f} deg off the goal after {self._corrections} corrections'
            return None
        self._corrections += 1
        return self._plan(status, floor, now)

    def _strayed(self, status: WalkStatus) -> bool:
        """Whether the foot that steps comes down somewhere else than planned."""
        if status.standing or not self.footsteps or self.footsteps[0].foot != status.swing_foot:
            return False
        planned = Pose2(*(getattr(self.footsteps[0], axis) for axis in ('x', 'y', 'yaw')))
        return planned.distance(status.target) > self._settings.deviation

    def _plan(self, status: WalkStatus, floor: FloorMap, now: float) -> list[Footstep] | None:
        try:
            footsteps = self._planner.plan(floor, status.soles, self._goal)
        except NoPathError as error:
            self._block(str(error), now)
            return None
        self.state, self.reason, self._blocked_since, self._needs_plan = GoalState.WALKING, '', None, False
        return self._send(footsteps, now)

    def _send(self, footsteps: list[Footstep], now: float) -> list[Footstep]:
        self.footsteps, self.plan, self._sent = footsteps, max(round(now * 1e9), self.plan + 1), now
        return footsteps

    def _repeat(self, now: float) -> list[Footstep] | None:
        """The footsteps once more when the message may be lost: the gait takes a plan once."""
        if 0.0 <= now - self._sent < self._settings.resend:
            return None
        self._sent = now
        return self.footsteps

    def _block(self, reason: str, now: float) -> None:
        if self._blocked_since is None:
            self._blocked_since = now
        self.reason, self._next_plan = reason, now + self._settings.retry
        expired = now - self._blocked_since >= self._settings.patience
        self.state = GoalState.FAILED if expired else GoalState.BLOCKED
