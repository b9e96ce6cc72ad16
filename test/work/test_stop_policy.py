# SPDX-License-Identifier: Apache-2.0
"""The work pauses in a protective stop, goes on after its reset, and is given up when it has no prospect."""
from __future__ import annotations

import pytest

from humanoid_control.safety.safety_state import FaultReport
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.rehearsal import Rehearsal
from humanoid_control.work.shift import ShiftState
from humanoid_control.work.stop_policy import StopPolicy

HOLD, SIT, NONE = StopCategory.PROTECTIVE, StopCategory.CONTROLLED_SIT, StopCategory.NONE


def fault(code: str, active: bool = True) -> FaultReport:
    return FaultReport(code, '', HOLD, 'The kinematics are silent', 'no reference', 'read the log', 1.0, '', active, 1)


def test_a_protective_stop_pauses_for_as_long_as_it_lasts():
    policy = StopPolicy()
    policy.faults = (fault('joint_limit'),)
    assert policy.judge(NONE, '', 0.1, 0.0) == ''
    words = policy.judge(HOLD, 'holding still', 0.1, 1.0)
    assert words == 'holding still: The kinematics are silent (no reference). read the log'
    assert policy.judge(HOLD, 'holding still, other words', 0.1, 5000.0) == words
    assert policy.judge(NONE, '', 0.1, 5001.0) == ''


def test_a_part_that_is_gone_is_not_waited_for():
    policy = StopPolicy()
    policy.faults = (fault('kinematics_silent'),)
    policy.judge(HOLD, 'holding still', 0.1, 1.0)
    policy.faults = (fault('kinematics_silent', active=False),)
    policy.judge(HOLD, 'holding still', 0.1, 100.0)
    policy.faults = (fault('kinematics_silent'),)
    policy.judge(HOLD, 'holding still', 0.1, 101.0)
    with pytest.raises(WorkFailure, match='kinematics are silent') as failure:
        policy.judge(HOLD, 'holding still', 0.1, 102.0 + StopPolicy.PATIENCE)
    assert failure.value.code is FailureCode.STOPPED and 'reset' in failure.value.remedy


def test_a_sit_ends_the_work_but_a_supervisor_that_pauses_does_not():
    policy = StopPolicy()
    assert policy.judge(SIT, 'silent', 3.0, 1.0)
    with pytest.raises(WorkFailure):
        policy.judge(SIT, 'silent', StopPolicy.PATIENCE + 1.0, 18.0)
    with pytest.raises(WorkFailure):
        policy.judge(SIT, 'stop was pressed', 0.05, 1.0)


def test_a_cycle_that_is_held_three_times_goes_on_and_seats_both_nuts():
    holds = ((3.0, 4.0), (6.0, 7.0), (9.0, 12.0))      # while reaching, carrying and seating

    def hold(rehearsal: Rehearsal) -> None:
        now = rehearsal.world.time
        held = any(begin <= now < end for begin, end in holds)
        rehearsal.obey(HOLD if held else NONE)
        paused.append(bool(rehearsal.shift.paused))

    paused: list[bool] = []
    rehearsal = Rehearsal(seed=3, watch=hold)
    rehearsal.run(limit=76.0)
    assert sum(paused) > 450
    assert rehearsal.shift.state is ShiftState.FINISHED
    assert all(judgement.seated for judgement in rehearsal.judgements[1].values()), rehearsal.judgements[1]


def test_a_sit_ends_the_shift_with_its_name_on_both_feet():
    def sit(rehearsal: Rehearsal) -> None:
        if rehearsal.world.time > 4.0:
            rehearsal.obey(SIT, 'sitting down: stop was pressed')

    rehearsal = Rehearsal(seed=1, watch=sit)
    rehearsal.run(limit=76.0)
    assert rehearsal.shift.state is ShiftState.ABORTED
    assert rehearsal.shift.reason.code is FailureCode.STOPPED and 'stop was pressed' in str(rehearsal.shift.reason)
    assert rehearsal.world.truth.falls == 0
