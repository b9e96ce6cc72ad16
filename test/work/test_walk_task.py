# SPDX-License-Identifier: Apache-2.0
"""Walking to a station as a skill: what is ordered, when it is given up, and how it is called."""
from __future__ import annotations

import math

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.model import SiteLayout, share_path
from humanoid_control.model.site_layout import PlacedStation
from humanoid_control.walking.goal_walker import GoalState
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.nut_parameters import NutParameters
from humanoid_control.work.walk_order import WalkAnswer, WalkOrder
from humanoid_control.work.walk_task import WalkRecord, WalkTask
from humanoid_control.work.workplace import Workplace

PERIOD = 0.1


class Floor(Workplace):
    """A workplace whose robot is where its orders lead to, `error` off, after one second; no physics."""

    def __init__(self, to: PlacedStation, error: Pose2 = Pose2(0.0, 0.0, 0.0), answers: bool = True, sees: bool = True):
        self.station, self.hands, self.time, self.idle = to.station, {}, 0.0, 0.0
        self.to, self.error, self.answers, self.sees = to, error, answers, sees
        self.walk_order = self.walk_answer = self.station_pose = self.gaze = self.torso_pitch = None
        self.station_stamp = float('-inf')
        self.orders: list[WalkOrder] = []
        self._arrival = None
        self.put(Pose2(0.0, 0.0, 0.0))

    def put(self, place: Pose2) -> None:
        self.place = place
        self.stance = self.base = pin.SE3(pin.utils.rotate('z', place.yaw), np.array([place.x, place.y, 0.0]))

    def step(self) -> None:
        """One control period."""
        self.time += PERIOD
        order = self.take_walk_order()
        if order is not None:
            self.orders.append(order)
            if self.answers:
                self.hear_walk(WalkAnswer(GoalState.WALKING))
                self._arrival = self.time + 1.0
        if self._arrival is not None and self.time >= self._arrival:
            self._arrival = None
            # odom and map are the same here; the first goal is missed by the error
            self.put(self.orders[-1].goal.compose(self.error if len(self.orders) == 1 else Pose2(0.0, 0.0, 0.0)))
            self.hear_walk(WalkAnswer(GoalState.ARRIVED))
        if self.sees:
            pose = self.to.pose
            self.see_station(self.station.name, pin.SE3(pin.utils.rotate('z', pose.yaw), np.array([pose.x, pose.y, pose.z])), self.time)

    def run(self, steps, limit: float = 100.0) -> None:
        for _ in steps:
            self.step()
            assert self.time < limit


@pytest.fixture(scope='module')
def fixture() -> PlacedStation:
    return SiteLayout.load(share_path('config', 'layouts', 'two_stations.yaml')).fixture


@pytest.fixture(scope='module')
def parameters():
    return NutParameters.load().walk


def walk(floor: Floor, parameters) -> WalkRecord:
    """Go and arrive."""
    task, record = WalkTask(floor, 'map', parameters), WalkRecord(floor.to.station.name, floor.time)
    floor.run(task.go(floor.to, record))
    floor.run(task.arrive(floor.to, record))
    return record


def test_the_drawn_work_place_is_ordered_on_the_map(fixture, parameters):
    floor = Floor(fixture)
    record = walk(floor, parameters)
    order, = floor.orders
    assert order.frame == 'map'
    assert order.goal == (fixture.work_place.x, fixture.work_place.y, fixture.work_place.yaw)
    assert record.drift == pytest.approx((0.0, 0.0), abs=1e-9) and record.corrections == 0


def test_what_the_board_shows_is_corrected_by_another_walk(fixture, parameters):
    floor = Floor(fixture, error=Pose2(0.03, -0.06, 0.08))
    record = walk(floor, parameters)
    assert record.drift == pytest.approx((math.hypot(0.03, 0.06), 0.08)) and record.corrections == 1
    first, second = floor.orders
    assert second.frame == 'odom' and second.goal == pytest.approx(tuple(first.goal), abs=1e-9)
    assert floor.place.distance(first.goal) < 1e-9


def test_a_place_that_cannot_be_met_is_given_up_by_name(fixture, parameters):
    class Slippery(Floor):
        def put(self, place):
            super().put(place.compose(Pose2(0.1, 0.0, 0.0)))

    with pytest.raises(WorkFailure, match=f'100 mm .* nut_fixture after {parameters.corrections} corrections') as failed:
        walk(Slippery(fixture), parameters)
    assert failed.value.code is FailureCode.PLACE_MISSED


def test_an_order_that_nobody_answers_is_repeated_and_then_given_up(fixture, parameters):
    floor = Floor(fixture, answers=False)
    with pytest.raises(WorkFailure, match='nut_fixture.*walking has not answered') as failed:
        walk(floor, parameters)
    assert failed.value.code is FailureCode.WALK_STALLED
    assert len(floor.orders) >= parameters.stall_time / parameters.answer_time - 1
    assert len({order.goal for order in floor.orders}) == 1


def test_a_robot_that_does_not_come_on_is_given_up_and_told_to_stay(fixture, parameters):
    floor = Floor(fixture)
    task, record = WalkTask(floor, 'map', parameters), WalkRecord('nut_fixture', 0.0)
    floor._arrival = None
    steps = task.go(fixture, record)
    with pytest.raises(WorkFailure, match='has not come .* walking says walking') as failed:
        while floor.time < 2 * parameters.stall_time:
            next(steps)
            floor.step()
            floor._arrival = None
    assert failed.value.code is FailureCode.WALK_STALLED
    assert floor.take_walk_order() == WalkOrder(Pose2(0.0, 0.0, 0.0), 'odom')


def test_a_board_that_is_not_seen_on_arrival_is_named(fixture, parameters):
    with pytest.raises(WorkFailure, match='tag board of nut_fixture was seen 0 of') as failed:
        walk(Floor(fixture, sees=False), parameters)
    assert failed.value.code is FailureCode.STATION_NOT_SEEN


@pytest.mark.parametrize(('message', 'code'), [
    ('failed: the widest way to the goal is 0.40 m wide', FailureCode.WAY_BLOCKED),
    ('failed: 0.081 m and 1.2 deg off the goal after 3 corrections', FailureCode.PLACE_MISSED),
    ('goal_pose refused: it is given in \'hall\'', FailureCode.WAY_BLOCKED)])
def test_what_walking_says_becomes_a_named_reason(fixture, parameters, message, code):
    floor = Floor(fixture, answers=False)
    task = WalkTask(floor, 'map', parameters)
    steps = task.go(fixture, WalkRecord('nut_fixture', 0.0))
    next(steps)
    floor.step()
    floor.hear_walk(WalkAnswer.read(message))
    with pytest.raises(WorkFailure) as failed:
        next(steps)
    assert failed.value.code is code and message.partition(': ')[2] in str(failed.value)


def test_a_stop_neither_ends_a_walk_nor_counts_as_time(fixture, parameters):
    floor = Floor(fixture)
    task = WalkTask(floor, 'map', parameters)
    steps = task.go(fixture, WalkRecord('nut_fixture', 0.0))
    for _ in range(4):
        next(steps)
        floor.step()
    floor.hear_walk(WalkAnswer.read('held: the stop button was pressed'))
    floor.time += 3 * parameters.stall_time
    floor.let_pass(3 * parameters.stall_time)
    floor.run(steps)
    assert floor.walk_answer.state is GoalState.ARRIVED and len(floor.orders) == 1


def test_an_answer_to_an_order_that_nobody_took_yet_does_not_count(fixture, parameters):
    floor = Floor(fixture)
    floor.order_walk(WalkOrder(Pose2(1.0, 0.0, 0.0), 'map'))
    floor.hear_walk(WalkAnswer(GoalState.ARRIVED))
    assert floor.walk_answer is None
