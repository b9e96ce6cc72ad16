# SPDX-License-Identifier: Apache-2.0
"""Nuts carried from a feeder to a fixture in one process: it works, and what goes wrong on the way is named."""
from __future__ import annotations

import numpy as np
import pytest

from humanoid_control.model import SiteLayout, share_path
from humanoid_control.simulation.stand_in import LineObstructedError
from humanoid_control.walking.floor_map import FloorMap, FloorMapDescription
from humanoid_control.work.failure import FailureCode
from humanoid_control.work.rehearsal import Rehearsal
from humanoid_control.work.shift import ShiftState

pytestmark = pytest.mark.timeout(400)


class Reached(Exception):
    """The rehearsal came to the stage that a test waits for."""


def bodies_touching(world, name: str) -> set[str]:
    """Bodies in contact with shapes whose names begin with `name`."""
    pairs = [contact.geom for contact in world.data.contact[:world.data.ncon]]
    return {world.model.body(world.model.geom_bodyid[other]).name for pair in pairs for one, other in (pair, pair[::-1])
            if world.model.geom(one).name.startswith(name)}


@pytest.fixture(scope='module')
def site() -> SiteLayout:
    return SiteLayout.load(share_path('config', 'layouts', 'two_stations.yaml'))


def test_both_nuts_are_carried_and_seated_and_the_robot_walks_back(site):
    carried, touched, room = [], set(), []

    def look(rehearsal: Rehearsal) -> None:
        world, robot = rehearsal.world.world, rehearsal.robot
        touched.update(bodies_touching(world, 'rack'))
        at = dict(zip(*rehearsal._joints()))
        arms = [name for side in ('l', 'r') for name in robot.configuration.arms[side].joints]
        if 'carry' in rehearsal.cycle.stage or 'walk' in rehearsal.cycle.stage:
            room.append(min(min(at[name] - robot.lower[i], robot.upper[i] - at[name])
                            for name in arms for i in [robot.joint_names.index(name)]))
        if rehearsal.cycle.stage == 'carry to the fixture' and rehearsal.workplace.walk_answer is not None:
            carried.append([hand.observation.opening for hand in rehearsal.workplace.hands.values()])

    rehearsal = Rehearsal(seed=8, site=site, watch=look)
    rehearsal.run(limit=120.0)
    assert rehearsal.shift.state is ShiftState.FINISHED
    result = rehearsal.results[1]
    assert all(result.sides[side].seated for side in ('left', 'right')), result
    assert all(judgement.seated for judgement in rehearsal.judgements[1].values()), rehearsal.judgements[1]
    assert [walk.to for walk in result.walks] == ['nut_fixture', 'nut_feeder']
    for walk in result.walks:
        assert walk.failure is None and walk.way > 2.5
        assert walk.drift[0] < 0.15 and abs(walk.drift[1]) < 0.1     # 5 % of the way
    assert carried and all(abs(opening - 0.012) < 0.001 for openings in carried for opening in openings)
    assert rehearsal.world.truth.falls == 0 and not rehearsal.refusals
    assert not touched
    assert min(room) > 0.1, 'an arm comes near the end of its travel'


def test_a_blocked_aisle_ends_the_shift_with_its_name_and_the_nuts_in_hand(site):
    rehearsal = Rehearsal(seed=8, site=site)
    gate = ((-1.6, 1.2), (-0.5, 1.2), (-0.5, 1.4), (-1.6, 1.4))
    obstacles = {'gate': gate} | {name: box.corners for name, box in site.obstacles.items()}
    rehearsal.walk.floor = FloorMap.from_description(FloorMapDescription('map', 0.04, site.outline, obstacles, {
        'nut_fixture': (-1.5, 2.6, 1.5707963)}))
    rehearsal.run(limit=60.0)
    assert rehearsal.shift.state is ShiftState.ABORTED
    assert rehearsal.shift.reason.code is FailureCode.WAY_BLOCKED
    assert 'nut_fixture' in str(rehearsal.shift.reason) and 'clear the way' in rehearsal.shift.reason.remedy
    assert rehearsal.results[1].walks[0].failure is rehearsal.shift.reason
    assert not any(side.seated for side in rehearsal.results[1].sides.values())
    with pytest.raises(LineObstructedError, match='is held by'):
        rehearsal.world.next_part()
    assert rehearsal.world.truth.falls == 0


def test_a_nut_dropped_on_the_way_is_fetched_on_another_trip(site):
    dropped = []

    def drop(rehearsal: Rehearsal) -> None:
        answered = rehearsal.workplace.walk_answer is not None
        if rehearsal.cycle.stage == 'carry to the fixture' and answered and not dropped:
            rehearsal.workplace.hands['l'].target_opening = 0.019
            dropped.append(rehearsal.world.time)
        if rehearsal.cycle.stage == 'walk to the feeder':
            raise Reached

    rehearsal = Rehearsal(seed=8, site=site, watch=drop)
    with pytest.raises(Reached):
        rehearsal.run(limit=60.0)
    left, right = (rehearsal.cycle.tasks[side] for side in ('l', 'r'))
    assert right.seated and not left.seated and not left.holding
    assert any('left: nut_dropped' in event and 'after the way' in event for event in rehearsal.cycle.result.events)
    assert rehearsal.world.judge()['right'].seated


def test_a_nut_whose_pin_is_hidden_is_laid_on_the_bench_and_the_other_is_seated(site):
    class NoLeftPin(Rehearsal):
        def _sighting(self, part, name, pose, error):
            return super()._sighting(part, 'nothing' if name == 'left_pin' else name, pose, error)

    def stop(rehearsal: Rehearsal) -> None:
        if rehearsal.cycle.stage == 'walk to the feeder':
            raise Reached

    rehearsal = NoLeftPin(seed=8, site=site, watch=stop)
    with pytest.raises(Reached):
        rehearsal.run(limit=60.0)
    assert any('left: pin_not_seen' in event for event in rehearsal.cycle.result.events)
    assert rehearsal.world.judge()['right'].seated
    bench = rehearsal.world.truth.station_poses()['nut_fixture']
    laid = [place for pose in rehearsal.world.truth.nut_poses().values() if abs((place := np.linalg.inv(bench) @ pose[:, 3])[0]) < 0.3
            and abs(place[1] - 0.30) < 0.05]
    assert len(laid) == 1 and laid[0][2] == pytest.approx(0.009 - 0.002, abs=0.002)
