# SPDX-License-Identifier: Apache-2.0
"""Walks to a goal: plans footsteps, watches them being made, plans again when the way or the robot is elsewhere."""
from __future__ import annotations

import math
from collections.abc import Callable
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
        settle: time that the robot stands before its place is judged: the trunk comes to rest after the feet [s].
        look: time that the robot stands and looks before it steps where it can't see [s].
    """

    distance: float
    angle: float
    corrections: int
    deviation: float
    patience: float
    retry: float
    resend: float
    silence: float
    settle: float
    look: float


IsSeen = Callable[[Pose2], bool]

LEAST_FREE = 3           # footsteps ahead worth setting off for, unless the plan ends before
BLIND = 2                # footsteps made at a time where nothing can be seen
REFILL = 4               # footsteps left at which the gait is given more


class GoalWalker:
    """State machine of one goal at a time, in the frame of the floor map.

    The gait is given footsteps as far as the floor was seen, and more while it walks. Where nothing more is in view the robot
    stands, looks, and then goes on in small pieces: it can't see behind itself.

    Attributes:
        state: how far the goal is.
        reason: of `BLOCKED` and `FAILED`, for people.
        footsteps: the plan, from the first step that isn't made yet.
        plan: number of the plan that the gait was given last: the time of planning [ns].
        number: of the first of the footsteps; it stays with a footstep, and no other ever had it [ns].
    """

    def __init__(self, planner: FootstepPlanner, settings: GoalSettings):
        """Without a goal."""
        self.state = GoalState.NONE
        self.reason = ''
        self.footsteps: list[Footstep] = []
        self.plan = self.number = 0
        self._numbered = 1                    # no footstep has this number yet, nor one above
        self._sent = self._next_plan = 0.0
        self._given = 0                       # of the footsteps, to the gait
        self._looks_since: float | None = None
        self._stands_since: float | None = None
        self._blocked_since: float | None = None
        self._planner, self._settings = planner, settings
        self._goal: Pose2 | None = None

    def go(self, goal: Pose2, now: float) -> None:
        """Take a new goal at time `now` [s]; planning starts with the next update that finds the robot standing."""
        self._goal = goal
        self.state, self.reason = GoalState.WALKING, ''
        self.footsteps = []
        self._corrections = 0
        self._blocked_since = self._looks_since = None
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

    def update(self, status: WalkStatus, floor: FloorMap, now: float,
               is_seen: IsSeen = lambda place: True) -> list[Footstep] | None:
        """One look at the robot, coordinates of the floor map. Returns footsteps to be sent ([] = stop), None = nothing.

        is_seen: whether the floor below a robot that stands at a place was seen.
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
            return self._plan(status, floor, now, is_seen) if status.standing and now >= self._next_plan else None
        made = max(0, self._given - status.footsteps_left)
        self.footsteps, self._given, self.number = self.footsteps[made:], self._given - made, self.number + made
        if status.standing and self._given == 0:
            if not self.footsteps:
                return self._judge(status, floor, now, is_seen)
            if self._looks_since is None:  # the feet have closed up and stand elsewhere than the plan goes on from
                return self._plan(status, floor, now, is_seen)
        obstacle = self._planner.is_blocked(floor, status.soles, self.footsteps)
        if obstacle is not None or self._strayed(status):
            self.reason = f'{obstacle} came into the way' if obstacle else 'pushed off the footsteps'
            self._needs_plan = True
            return self._send([], now)
        return self._give_more(status, is_seen, now)

    def error(self, status: WalkStatus) -> tuple[float, float]:
        """Distance [m] and angle [rad] of the robot to the goal."""
        if self._goal is None:
            return math.inf, math.pi
        return status.middle.distance(self._goal), abs(wrap(status.middle.yaw - self._goal.yaw))

    def _judge(self, status: WalkStatus, floor: FloorMap, now: float, is_seen: IsSeen) -> list[Footstep] | None:
        self._stands_since = now if self._stands_since is None else min(self._stands_since, now)
        if now - self._stands_since < self._settings.settle:
            return None
        distance, angle = self.error(status)
        if distance <= self._settings.distance and angle <= self._settings.angle:
            self.state = GoalState.ARRIVED
            return None
        if self._corrections >= self._settings.corrections:
            self.state = GoalState.FAILED
            self.reason = f'{distance:.3f} m and {math.degrees(angle):.1f} deg off the goal after {self._corrections} corrections'
            return None
        self._corrections += 1
        return self._plan(status, floor, now, is_seen)

    def _strayed(self, status: WalkStatus) -> bool:
        """Whether the foot that steps comes down somewhere else than planned."""
        if status.standing or not self._given or self.footsteps[0].foot != status.swing_foot:
            return False
        planned = Pose2(*(getattr(self.footsteps[0], axis) for axis in ('x', 'y', 'yaw')))
        return planned.distance(status.target) > self._settings.deviation

    def _plan(self, status: WalkStatus, floor: FloorMap, now: float, is_seen: IsSeen) -> list[Footstep] | None:
        try:
            footsteps = self._planner.plan(floor, status.soles, self._goal)
        except NoPathError as error:
            self._block(str(error), now)
            return None
        self.state, self.reason, self._blocked_since, self._needs_plan = GoalState.WALKING, '', None, False
        self.footsteps, self._given, self._looks_since = footsteps, 0, now
        self.number = max(round(now * 1e9), self._numbered)
        self._numbered = self.number + len(footsteps)
        return self._give_more(status, is_seen, now) if footsteps else self._send([], now)

    def _give_more(self, status: WalkStatus, is_seen: IsSeen, now: float) -> list[Footstep] | None:
        """More of the plan for the gait, when it has few footsteps left and more of the floor was seen."""
        closes_up = self._given == 0 and self._looks_since is None
        if closes_up or self._given > REFILL or self._given == len(self.footsteps):
            return None
        free = self._free(status, is_seen)
        if self._looks_since is not None and free < min(LEAST_FREE, len(self.footsteps)):
            self._looks_since = min(self._looks_since, now)
            if now - self._looks_since < self._settings.look:
                return None
            free = max(free, min(BLIND, len(self.footsteps)))
        if free <= self._given:
            return None
        self._looks_since = None
        return self._send(self.footsteps, now, free)

    def _free(self, status: WalkStatus, is_seen: IsSeen) -> int:
        """How many of the footsteps lead over floor that was seen."""
        soles = list(status.soles)
        for count, step in enumerate(self.footsteps):
            soles[step.foot] = Pose2(step.x, step.y, step.yaw)
            if not is_seen(soles[0].middle(soles[1])):
                return count
        return len(self.footsteps)

    def _send(self, footsteps: list[Footstep], now: float, given: int = 0) -> list[Footstep]:
        self.footsteps, self.plan, self._sent = footsteps, max(round(now * 1e9), self.plan + 1), now
        self._given, self._stands_since = given, None
        return footsteps[:given]

    def _repeat(self, now: float) -> list[Footstep] | None:
        """The footsteps once more when the message may be lost: the gait takes a plan once."""
        if 0.0 <= now - self._sent < self._settings.resend:
            return None
        self._sent = now
        return self.footsteps[:self._given]

    def _block(self, reason: str, now: float) -> None:
        if self._blocked_since is None:
            self._blocked_since = now
        self.reason, self._next_plan = reason, now + self._settings.retry
        expired = now - self._blocked_since >= self._settings.patience
        self.state = GoalState.FAILED if expired else GoalState.BLOCKED
