# SPDX-License-Identifier: Apache-2.0
"""A cycle of the nut station in one process: it works, and what goes wrong is named while the robot keeps standing."""
from __future__ import annotations

import types

import numpy as np

from humanoid_control.work.failure import FailureCode
from humanoid_control.work.rehearsal import Rehearsal
from humanoid_control.work.shift import ShiftState


class Blind(Rehearsal):
    """Covered camera: no image comes."""

    def _look(self, base):
        """See nothing."""


class NoLeftPin(Rehearsal):
    """The left pin is hidden from the camera."""

    def _look(self, base):
        super()._look(base)
        memory = self.workplace.memory
        memory._sightings = [s for s in memory._sightings if s.identity != 'left_pin']


def codes(rehearsal: Rehearsal) -> dict:
    """Failure code by side of the first cycle."""
    return {side: r.failure.code if r.failure else None for side, r in rehearsal.results[1].sides.items()}


def test_both_nuts_are_seated_and_the_robot_knows_it():
    rehearsal = Rehearsal(seed=3)
    rehearsal.run(limit=76.0)
    assert rehearsal.shift.state is ShiftState.FINISHED
    assert codes(rehearsal) == {'left': None, 'right': None}
    assert all(rehearsal.results[1].sides[side].seated for side in ('left', 'right'))
    assert all(judgement.seated for judgement in rehearsal.judgements[1].values()), rehearsal.judgements[1]
    assert rehearsal.world.truth.falls == 0


def test_the_line_brings_the_next_part_and_the_shift_goes_on_without_a_whipping_arm():
    speeds = []
    rehearsal = Rehearsal(seed=5, cycles=2, options={'nuts_per_tray': 2},
                          watch=lambda r: speeds.append(np.abs(r.body.velocity).max()))
    rehearsal.run(limit=150.0)
    assert max(speeds) < 5.0  # [rad/s]; near a singularity joints turn as fast as kinematics lets them, at 6
    assert sorted(rehearsal.results) == [1, 2] == sorted(rehearsal.judgements)
    assert all(j.seated for judged in rehearsal.judgements.values() for j in judged.values()), rehearsal.judgements


def test_empty_trays_are_named():
    rehearsal = Rehearsal(seed=1, options={'nuts_per_tray': 0})
    rehearsal.run(limit=76.0)
    assert codes(rehearsal) == {'left': FailureCode.TRAY_EMPTY, 'right': FailureCode.TRAY_EMPTY}
    assert rehearsal.shift.state is ShiftState.FINISHED
    assert rehearsal.world.truth.falls == 0


def test_a_covered_camera_is_named():
    rehearsal = Blind(seed=1)
    rehearsal.run(limit=76.0)
    assert set(codes(rehearsal).values()) == {FailureCode.SENSOR_LOST}
    assert 'images' in str(rehearsal.results[1].sides['left'].failure)
    assert rehearsal.world.truth.falls == 0


def test_a_hidden_pin_is_named_and_the_other_side_is_served():
    rehearsal = NoLeftPin(seed=1)
    rehearsal.run(limit=76.0)
    assert codes(rehearsal) == {'left': FailureCode.PIN_NOT_SEEN, 'right': None}
    assert rehearsal.judgements[1]['right'].seated


def test_a_part_out_of_reach_is_named_with_its_place():
    rehearsal = Rehearsal(seed=1)
    rehearsal.workplace.reach = types.SimpleNamespace(
        stand_at=lambda q: None, solve=lambda side, pose: types.SimpleNamespace(reachable=False, margin=-1.0))
    rehearsal.run(limit=76.0)
    assert set(codes(rehearsal).values()) == {FailureCode.OUT_OF_REACH}
    assert '0.9' in str(rehearsal.results[1].sides['left'].failure)      # height of the nuts on the bench
    assert rehearsal.world.truth.falls == 0


def test_a_dropped_nut_is_noticed_and_another_is_taken():
    dropped = []

    def drop_once(rehearsal: Rehearsal) -> None:
        if 'left: place' in rehearsal.cycle.stage and not dropped:
            dropped.append(rehearsal.world.time)
        if dropped and rehearsal.world.time < dropped[0] + 0.4:
            rehearsal.workplace.hands['l'].target_opening = 0.019

    rehearsal = Rehearsal(seed=2, watch=drop_once)
    rehearsal.run(limit=120.0)
    assert any('left: nut_dropped' in event for event in rehearsal.results[1].events), rehearsal.results[1].events
    assert rehearsal.results[1].sides['left'].retries >= 1
    assert rehearsal.judgements[1]['left'].seated == rehearsal.results[1].sides['left'].seated
    assert rehearsal.world.truth.falls == 0


def test_a_fall_ends_the_shift_with_its_name():
    def shove(rehearsal: Rehearsal) -> None:
        if 4.0 < rehearsal.world.time < 4.015:
            rehearsal.world.push('torso', (0.0, 900.0, 0.0), 0.2)

    rehearsal = Rehearsal(seed=1, watch=shove)
    rehearsal.run(limit=76.0)
    assert rehearsal.shift.state is ShiftState.ABORTED
    assert rehearsal.shift.reason.code is FailureCode.FELL
    assert not any(r.seated for r in rehearsal.results[1].sides.values())


def test_the_same_seed_gives_the_same_shift():
    durations = []
    for _ in range(2):
        rehearsal = Rehearsal(seed=11)
        rehearsal.run(limit=76.0)
        durations.append((rehearsal.results[1].duration, rehearsal.judgements[1]['left'].lateral_error))
    assert durations[0] == durations[1]
