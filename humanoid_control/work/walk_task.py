# SPDX-License-Identifier: Apache-2.0
"""Walking to a station of the site and standing before it as its tag board says."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from humanoid_control.model.site_layout import PlacedStation
from humanoid_control.walking.goal_walker import GoalState
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.hand import Steps
from humanoid_control.work.nut_parameters import WalkParameters
from humanoid_control.work.walk_order import WalkAnswer, WalkOrder
from humanoid_control.work.workplace import ODOM, Workplace

WAY_PIECE = 0.1      # [m] shorter ones are the body's sway


@dataclass
class WalkRecord:
    """One walk for the report.

    Attributes:
        to: name of the station.
        start, end: time [s].
        way: length of the way [m].
        drift: how far off its work place the tag board found the robot on arrival [m], [rad]; None before it was seen.
        corrections: further walks that this took.
        failure: why it was given up, or None.
    """

    to: str
    start: float
    end: float = 0.0
    way: float = 0.0
    drift: tuple[float, float] | None = None
    corrections: int = 0
    failure: WorkFailure | None = None


class WalkTask:
    """Skills of going from station to station; each is a generator of control periods.

    The hands have to be where walking leaves them alone: they get no targets on the way, so that the kinematics keeps
    them where they are on the body.
    """

    def __init__(self, workplace: Workplace, map_frame: str, parameters: WalkParameters):
        self.workplace = workplace
        self._map = map_frame
        self._p = parameters

    @property
    def _now(self) -> float:
        """Time that was worked in [s]: a stop of the supervisor doesn't count."""
        return self.workplace.time - self.workplace.idle

    def ready(self) -> Steps:
        """Look ahead and straighten up."""
        workplace = self.workplace
        workplace.torso_pitch = 0.0
        workplace.gaze = workplace.stance.act(np.array(self._p.gaze))
        begin = self._now
        while self._now - begin < self._p.settle:
            yield

    def go(self, to: PlacedStation, record: WalkRecord) -> Steps:
        """Walk to the drawn work place of a station, which becomes the workplace's.

        Raises WAY_BLOCKED, PLACE_MISSED or WALK_STALLED.
        """
        workplace = self.workplace
        for hand in workplace.hands.values():
            hand.rest()
        workplace.gaze = None
        workplace.move_to(to.station)
        place = to.work_place
        yield from self._walk(WalkOrder(Pose2(place.x, place.y, place.yaw), self._map), to.station.name, record)

    def arrive(self, to: PlacedStation, record: WalkRecord) -> Steps:
        """Look at the tag board and walk again as often as it takes to stand before it.

        Raises STATION_NOT_SEEN, PLACE_MISSED and what `go` raises.
        """
        workplace, p = self.workplace, self._p
        while True:
            yield from self._sight(to)
            distance, angle = self.offset()
            if record.drift is None:
                record.drift = distance, angle
            if distance <= p.distance and abs(angle) <= p.angle:
                return
            if record.corrections >= p.corrections:
                raise WorkFailure(FailureCode.PLACE_MISSED, f'stands {1e3 * distance:.0f} mm and {math.degrees(angle):.1f} deg off the work '
                                  f'place of {to.station.name} after {record.corrections} corrections')
            record.corrections += 1
            workplace.gaze = None
            yield from self._walk(WalkOrder(self._place_seen(), ODOM), to.station.name, record)

    def offset(self) -> tuple[float, float]:
        """Distance [m] and angle [rad] of the robot from where it belongs before the station as seen."""
        error = self._place_seen().relative(_on_floor(self.workplace.stance))
        return math.hypot(error.x, error.y), error.yaw

    def _place_seen(self) -> Pose2:
        """Work place in odom of the station as its board was seen."""
        nominal, seen = self.workplace.station.nominal_pose, _on_floor(self.workplace.station_pose)
        back = Pose2(nominal.x, nominal.y, nominal.yaw).relative(Pose2(0.0, 0.0, 0.0))
        return seen.compose(back)

    def _sight(self, to: PlacedStation) -> Steps:
        """Look at the board until it was seen often enough from here."""
        workplace, p = self.workplace, self._p
        workplace.gaze = workplace.station_guess.translation.copy()
        begin, since, last, count = self._now, workplace.time + p.still, float('-inf'), 0
        while count < p.sightings:
            if self._now - begin > p.still + p.sight_timeout:
                raise WorkFailure(FailureCode.STATION_NOT_SEEN, f'the tag board of {to.station.name} was seen {count} of {p.sightings} '
                                  f'times within {p.sight_timeout:.0f} s of arrival')
            if workplace.station_stamp > max(last, since):
                last, count = workplace.station_stamp, count + 1
            yield

    def _walk(self, order: WalkOrder, name: str, record: WalkRecord) -> Steps:
        """Order a walk and watch it to its end."""
        workplace, p = self.workplace, self._p
        workplace.order_walk(order)
        ordered = moved = self._now
        place = last = workplace.base.translation[:2].copy()
        while (answer := workplace.walk_answer) is None or answer.state is not GoalState.ARRIVED:
            now, here = self._now, workplace.base.translation[:2]
            if answer is None and now - ordered > p.answer_time:
                workplace.order_walk(order)     # nobody listened yet
                ordered = now
            if answer is not None and answer.state is GoalState.FAILED:
                raise _gave_up(answer, name)
            if np.linalg.norm(here - last) > WAY_PIECE:
                record.way += float(np.linalg.norm(here - last))
                last = here.copy()
            waits = answer is not None and answer.state is GoalState.BLOCKED
            if waits or np.linalg.norm(here - place) > p.stall_distance:
                place, moved = here.copy(), now
            elif now - moved > p.stall_time:
                workplace.order_walk(WalkOrder(_on_floor(workplace.stance), ODOM))
                told = 'walking has not answered' if answer is None else f'walking says {answer.state.value}'
                raise WorkFailure(FailureCode.WALK_STALLED, f'has not come {p.stall_distance:.2f} m further on the way to {name} within '
                                  f'{p.stall_time:.0f} s; {told}')
            yield


def _gave_up(answer: WalkAnswer, name: str) -> WorkFailure:
    missed = 'off the goal' in answer.reason
    return WorkFailure(FailureCode.PLACE_MISSED if missed else FailureCode.WAY_BLOCKED, f'on the way to {name}: {answer.reason}')


def _on_floor(pose) -> Pose2:
    """Floor part of a pose."""
    return Pose2(float(pose.translation[0]), float(pose.translation[1]), float(np.arctan2(pose.rotation[1, 0], pose.rotation[0, 0])))
