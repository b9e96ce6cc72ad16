# SPDX-License-Identifier: Apache-2.0
"""The report counts what was judged, keeps what was believed, and shows both."""
from __future__ import annotations

import json

import pytest

from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.nut_cycle import CycleResult, SideResult
from humanoid_control.work.report import ShiftReport
from humanoid_control.work.report_page import report_page


def result(left: bool, right: bool, start: float, end: float) -> CycleResult:
    failure = WorkFailure(FailureCode.TRAY_EMPTY, 'no nut was seen in the <right> tray')
    return CycleResult({'left': SideResult(left, 1), 'right': SideResult(right, 0, None if right else failure)}, start, end)


@pytest.fixture
def report() -> ShiftReport:
    report = ShiftReport(seed=7, robot='sim', versions={'mujoco': '4.0'})
    report.add_cycle(1, result(True, True, 0.0, 30.0))
    report.add_cycle(2, result(True, False, 31.0, 71.0))
    report.add_score({'cycle': 1, 'left': True, 'right': False, 'falls': 0})
    report.add_score({'cycle': 2, 'left': True, 'right': False, 'falls': 0, 'real_time_factor': 1.7})
    return report


def test_rates_follow_the_judge_and_beliefs_stand_beside(report, tmp_path):
    report.write_json(tmp_path / 'r.json')
    data = json.loads((tmp_path / 'r.json').read_text())
    assert (data['both_rate'], data['left_rate'], data['right_rate']) == (0.0, 1.0, 0.0)
    assert data['cycles'][0]['believed'] == {'left': True, 'right': True}
    assert data['cycles'][0]['judged_by'] == 'ground truth'
    assert data['cycle_time_s'] == {'p50': 35.0, 'max': 40.0}
    assert data['cycles'][1]['failure'] == {'right': 'tray_empty: no nut was seen in the <right> tray'}
    assert (data['seed'], data['falls'], data['real_time_factor']) == (7, 0, 1.7)


def test_without_a_judge_the_robots_belief_counts():
    report = ShiftReport(seed=None, robot='real', versions={})
    report.add_cycle(1, result(True, False, 0.0, 1.0))
    assert report.rate('left') == 1.0 and report.rate('left', 'right') == 0.0
    assert report.as_json()['cycles'][0]['judged_by'] == 'robot'


def test_an_empty_shift_still_gives_a_report():
    data = ShiftReport(seed=1, robot='sim', versions={}).as_json()
    assert data['both_rate'] is None and data['cycles'] == [] and data['cycle_time_s'] == {'p50': None, 'max': None}


def test_the_page_says_what_failed_what_to_do_and_escapes_text(report):
    page = report_page(report)
    assert 'refill the feeder tray' in page
    assert '&lt;right&gt;' in page and '<right>' not in page
    assert 'robot believed seated' in page
    assert page.count('<polyline') >= 1


def test_the_page_shows_the_newest_picture_of_each_side(report):
    report.pictures[(1, 'left')] = b'old'
    report.pictures[(2, 'left')] = b'new'
    page = report_page(report)
    assert 'left, cycle 2' in page and 'left, cycle 1' not in page
