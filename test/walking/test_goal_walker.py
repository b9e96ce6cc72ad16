# SPDX-License-Identifier: Apache-2.0
"""Walking to a goal with a robot that makes every commanded footstep, or doesn't."""
from __future__ import annotations

from dataclasses import replace

import pytest

from humanoid_control.balance.walk import Footstep
from humanoid_control.walking.floor_map import FloorMap, FloorMapDescription
from humanoid_control.walking.footstep_planner import FootstepPlanner
from humanoid_control.walking.goal_walker import GoalState, GoalWalker
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.walk_status import WalkStatus
from humanoid_control.walking.walking_settings import WalkingSettings

SETTINGS = WalkingSettings.load_file()
OUTLINE = ((-1.0, -1.0), (3.0, -1.0), (3.0, 1.0), (-1.0, 1.0))
GOAL = Pose2(1.2, 0.1, 0.3)


def floor(obstacles: dict | None = None) -> FloorMap:
    return FloorMap.from_description(FloorMapDescription('map', 0.04, OUTLINE, obstacles or {}))


class Robot:
    """Makes one footstep an update; `error` [m] is added to the last one."""

    def __init__(self, error: float = 0.0):
        self.planner = FootstepPlanner(SETTINGS.footsteps, SETTINGS.shape(loaded=False))
        self.walker = GoalWalker(self.planner, SETTINGS.goal)
        self.soles = list(self.planner.feet_at(Pose2(0.0, 0.0, 0.0)))
        self.footsteps: list[Footstep] = []
        self.plan, self.made, self.error, self.time = 0, 0, error, 0.0
        self.plans: list[int] = []
        self.lost = 0            # messages that won't arrive

    def status(self) -> WalkStatus:
        ahead = self.footsteps[0] if self.footsteps else Footstep(0, 0.0, 0.0, 0.0)
        return WalkStatus(not self.footsteps, tuple(self.soles), ahead.foot, Pose2(ahead.x, ahead.y, ahead.yaw),
                          len(self.footsteps), self.plan)

    def update(self, on: FloorMap, is_seen=lambda place: True) -> GoalState:
        if self.footsteps:
            step = self.footsteps.pop(0)
            off = self.error if not self.footsteps else 0.0
            self.soles[step.foot] = Pose2(step.x + off, step.y, step.yaw)
            self.made += 1
        self.time += 0.35
        sent = self.walker.update(self.status(), on, self.time, is_seen)
        if sent is not None and self.lost:
            self.lost -= 1
        elif sent is not None:
            self.footsteps, self.plan = list(sent), self.walker.plan
            self.plans.append(len(sent))
        return self.walker.state

    def go(self, on: FloorMap, updates: int = 60) -> GoalState:
        self.walker.go(GOAL, self.time)
        for _ in range(updates):
            if self.update(on) in (GoalState.ARRIVED, GoalState.FAILED):
                break
        return self.walker.state


def test_arrives_exactly_and_stops() -> None:
    robot = Robot()
    assert robot.go(floor()) is GoalState.ARRIVED
    assert robot.walker.error(robot.status()) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert robot.update(floor()) is GoalState.ARRIVED


def test_misses_are_corrected_and_told_when_they_persist() -> None:
    robot = Robot(error=0.1)
    assert robot.go(floor()) is GoalState.FAILED
    assert 'off the goal after 3 corrections' in robot.walker.reason
    robot.error = 0.0
    assert robot.go(floor()) is GoalState.ARRIVED


def test_obstacle_that_comes_into_the_way_is_walked_around() -> None:
    robot = Robot()
    crate = floor({'crate': ((0.6, -0.5), (0.7, -0.5), (0.7, -0.1), (0.6, -0.1))})
    robot.walker.go(GOAL, 0.0)
    for _ in range(3):
        robot.update(floor())
    robot.update(crate)
    assert robot.plans[-1] == 0, 'the robot is not stopped'
    assert robot.walker.reason == 'crate came into the way'
    for _ in range(60):
        if robot.update(crate) is GoalState.ARRIVED:
            break
    assert robot.walker.state is GoalState.ARRIVED


def test_blocked_way_is_waited_for_and_then_given_up_with_its_reason() -> None:
    robot = Robot()
    wall = floor({'wall': ((0.6, -1.0), (0.7, -1.0), (0.7, 1.0), (0.6, 1.0))})
    robot.walker.go(GOAL, 0.0)
    for _ in range(8):
        robot.update(wall)
    assert robot.walker.state is GoalState.BLOCKED
    assert 'widest way to the goal is 0.00 m wide' in robot.walker.reason
    for _ in range(60):
        robot.update(wall)
    assert robot.walker.state is GoalState.FAILED
    assert robot.made == 0


def test_blocked_robot_goes_on_when_the_way_becomes_free() -> None:
    robot = Robot()
    wall = floor({'wall': ((0.6, -1.0), (0.7, -1.0), (0.7, 1.0), (0.6, 1.0))})
    robot.walker.go(GOAL, 0.0)
    for _ in range(8):
        robot.update(wall)
    for _ in range(60):
        if robot.update(floor()) is GoalState.ARRIVED:
            break
    assert robot.walker.state is GoalState.ARRIVED


def test_robot_that_was_pushed_off_its_footsteps_gets_a_new_plan() -> None:
    robot = Robot()
    robot.walker.go(GOAL, 0.0)
    for _ in range(4):
        robot.update(floor())
    status = robot.status()
    elsewhere = Pose2(status.target.x - 0.4, status.target.y + 0.3, 0.0)
    pushed = WalkStatus(False, status.soles, status.swing_foot, elsewhere, status.footsteps_left, status.plan)
    assert robot.walker.update(pushed, floor(), robot.time) == []
    assert robot.walker.reason == 'pushed off the footsteps'


def test_footsteps_that_got_lost_are_sent_again() -> None:
    robot = Robot()
    robot.lost = 3
    assert robot.go(floor()) is GoalState.ARRIVED
    assert robot.lost == 0


def test_goal_is_given_up_when_the_robot_does_not_balance_and_not_taken_up_again() -> None:
    robot = Robot()
    robot.walker.go(GOAL, 0.0)
    for _ in range(4):
        robot.update(floor())
    made = robot.made
    assert robot.walker.update(replace(robot.status(), balancing=False), floor(), robot.time) is None
    assert robot.walker.state is GoalState.FAILED
    assert robot.walker.reason == 'the robot does not balance'
    robot.footsteps = []
    for _ in range(4):
        robot.update(floor())
    assert robot.made == made
    assert robot.go(floor()) is GoalState.ARRIVED


def test_clock_that_is_set_back_delays_nothing() -> None:
    robot = Robot()
    robot.time = 1e9
    robot.walker.go(GOAL, robot.time)
    robot.time = 0.0
    for _ in range(60):
        if robot.update(floor()) is GoalState.ARRIVED:
            break
    assert robot.walker.state is GoalState.ARRIVED


def test_cancelled_goal_is_forgotten() -> None:
    robot = Robot()
    robot.walker.go(GOAL, 0.0)
    robot.update(floor())
    robot.walker.cancel()
    assert robot.walker.update(robot.status(), floor(), robot.time) is None
    assert robot.walker.state is GoalState.NONE


def test_robot_walks_no_farther_than_the_floor_was_seen_and_on_without_a_stop_when_more_comes_into_view() -> None:
    robot, seen, farthest = Robot(), 0.6, 0.0
    robot.walker.go(GOAL, 0.0)
    for _ in range(60):
        robot.update(floor(), lambda place: place.x < seen)
        farthest = max(farthest, robot.status().middle.x)
        assert farthest < seen, 'it went where nothing was seen'
        if robot.made == 3:
            seen = 2.0
        if robot.walker.state is GoalState.ARRIVED:
            break
    assert robot.walker.state is GoalState.ARRIVED
    assert 0 not in robot.plans[1:], 'it stopped on its way'


def test_robot_looks_before_it_steps_where_nothing_can_be_seen_and_makes_few_steps_at_a_time() -> None:
    robot = Robot()
    robot.walker.go(GOAL, 0.0)
    made = []
    for _ in range(200):
        robot.update(floor(), lambda place: False)
        made.append(robot.made)
        if robot.walker.state is GoalState.ARRIVED:
            break
    assert robot.walker.state is GoalState.ARRIVED
    assert max(robot.plans) == 2
    still = [made.count(number) for number in sorted(set(made)) if number % 2 == 0]
    assert min(still[:-1]) * 0.35 >= SETTINGS.goal.look, 'it did not look for long enough'


def test_arrival_is_told_when_the_robot_has_stood_for_a_while() -> None:
    robot = Robot()
    robot.walker.go(GOAL, 0.0)
    made = []
    while robot.update(floor()) is not GoalState.ARRIVED:
        made.append(robot.made)
    assert made.count(robot.made) * 0.35 >= SETTINGS.goal.settle
