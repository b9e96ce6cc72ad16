# SPDX-License-Identifier: Apache-2.0
"""A few of the faults of `make fault-battery` lead to their documented states in time and are named."""

from __future__ import annotations

import pytest

from bench.fault_battery import ALL, PAGE, page

CHOSEN = {
    ('IMU has come loose', 'standing'),
    ('joint angle is no number', 'walking'),
    ('encoder of an arm repeats itself', 'working'),
    ('sole sensor reads nothing', 'standing'),
    ('both sole sensors read nothing', 'standing'),
    ('commands delayed by 40 ms', 'standing'),
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


def test_the_page_tells_every_fault_and_counts_the_good_ones():
    result = {'name': 'x', 'while': 'standing', 'expected': 'power off', 'reached': 'power off', 'time_ms': 2.0,
              'allowed_ms': 20.0, 'fell': False, 'diagnosis': 'a; b', 'passed': True}
    text = page([result, result | {'name': 'y', 'passed': False, 'time_ms': None}])
    assert '| standing | x | power off | 20 ms | power off | 2 ms | a | ok |' in text
    assert '| - | a | **bad** |' in text and '1 of 2 faults' in text
    assert len(ALL) == PAGE.read_text(encoding='utf-8').count('\n| ') - 1, 'docs/fault_battery.md is old: make fault-battery'
