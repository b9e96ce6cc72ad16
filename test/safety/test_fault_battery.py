# SPDX-License-Identifier: Apache-2.0
"""A few of the faults of `make fault-battery` lead to their documented states in time and are named."""

from __future__ import annotations

import dataclasses
import json

import pytest

from bench.driver_faults import DRIVER_FAULTS
from bench.fault_battery import ALL, PAGE, RESULTS, control_path, page
from bench.faults import FAULTS
from humanoid_control.balance.balance_judgement import BalanceJudgement
from humanoid_control.middleware.level import Level

CHOSEN = {
    ('IMU has come loose', 'standing'),
    ('joint angle is no number', 'walking'),
    ('encoder of an arm repeats itself', 'working'),
    ('sole sensor reads nothing', 'standing'),
    ('both sole sensors read nothing', 'standing'),
    ('commands delayed by 40 ms', 'standing'),
    ('commands duplicated, the older one last', 'walking'),
    ('gyroscope drifts', 'standing'),
    ('sole sensor is no number', 'standing'),
    ('stamps jump 5 s ahead', 'standing'),
    ('stamps jump 0.5 s back', 'standing'),
    ('state repeats its stamp', 'standing'),
    ('balance killed', 'standing'),
    ('supervisor killed', 'walking'),
    ('trays are empty', 'working'),
    ('bus cut and back after 50 ms', 'standing'),
    ("motor answers under another's number", 'standing'),
    ('host killed', 'standing'),
    ('number doubled', 'starting'),
}


def test_the_chosen_faults_are_in_the_battery():
    assert {(fault.name, fault.doing) for fault in ALL} >= CHOSEN


@pytest.mark.parametrize('fault', [f for f in ALL if (f.name, f.doing) in CHOSEN], ids=lambda f: f'{f.name}, {f.doing}')
def test_a_fault_leads_to_its_documented_state(fault):
    result = fault.try_out()
    assert result['passed'], result


def test_a_fault_that_nobody_has_to_name_is_no_fault_of_the_battery():
    for fault in (FAULTS[0], DRIVER_FAULTS[0]):
        with pytest.raises(ValueError, match='named is empty'):
            dataclasses.replace(fault, named='')


def test_a_fault_of_which_nobody_speaks_fails(monkeypatch):
    fault = next(fault for fault in FAULTS if fault.name == 'stamps jump 0.5 s back')
    monkeypatch.setattr(BalanceJudgement, 'judge', lambda judgement: (Level.OK, 'standing'))
    result = fault.try_out()
    assert (result['reached'], result['diagnosis'], result['passed']) == ('goes on', '', False)


def test_the_page_tells_every_fault_and_counts_the_good_ones():
    result = {'name': 'x', 'while': 'standing', 'expected': 'power off', 'reached': 'power off', 'time_ms': 2.0,
              'allowed_ms': 20.0, 'fell': False, 'diagnosis': 'a; b', 'passed': True}
    text = page([result, result | {'name': 'y', 'passed': False, 'time_ms': None}])
    assert '| standing | x | power off | 20 ms | power off | 2 ms | a | ok |' in text
    assert '| - | a | **bad** |' in text and '1 of 2 faults' in text
    assert '1 of them are of the control path, which answers within 20 ms; the slowest took 2 ms' in text
    early = page([result | {'time_ms': 48.0, 'allowed_ms': 60.0, 'at_once': 'balance holds', 'at_once_ms': 4.0}])
    assert '| power off; before, balance holds, after 4 ms | 48 ms |' in early and 'the slowest took 4 ms' in early
    assert len(ALL) == PAGE.read_text(encoding='utf-8').count('\n| ') - 1, 'docs/fault_battery.md is old: make fault-battery'


def test_the_results_in_the_repository_are_good_named_and_in_time():
    results = json.loads(RESULTS.read_text(encoding='utf-8'))['faults']
    assert [(r['name'], r['while']) for r in results] == [(fault.name, fault.doing) for fault in ALL]
    assert [r for r in results if not (r['passed'] and r['diagnosis'])] == []
    assert len(control_path(results)) > 30 and max(control_path(results)) <= 20.0
