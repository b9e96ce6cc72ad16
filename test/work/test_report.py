# SPDX-License-Identifier: Apache-2.0
"""The report counts what was judged, keeps what was believed, and shows both."""
from __future__ import annotations

import base64
import json
import math

import pytest

from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.nut_cycle import CycleResult, SideResult
from humanoid_control.work.report import ShiftReport
from humanoid_control.work.report_page import report_page
from humanoid_control.work.walk_task import WalkRecord


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
    report.pictures['left'] = 1, b'old'
    report.pictures['left'] = 2, b'new'
    page = report_page(report)
    assert 'left, cycle 2' in page and base64.b64encode(b'new').decode() in page
    assert 'right, cycle' not in page


def test_walks_stand_in_both_files_with_what_the_odometry_drifted(report):
    assert 'walks' not in report.as_json()['cycles'][0] and '<th>walks</th>' not in report_page(report)
    blocked = WorkFailure(FailureCode.WAY_BLOCKED, 'on the way to nut_feeder: rack <left> is in the way')
    report.results[1].walks += [WalkRecord('nut_fixture', 6.0, 18.5, 3.2, (0.012, math.radians(0.5)), 1),
                                WalkRecord('nut_feeder', 20.0, 36.0, failure=blocked)]
    there, back = report.as_json()['cycles'][0]['walks']
    assert there == {'to': 'nut_fixture', 'time_s': 12.5, 'way_m': 3.2, 'off_mm': 12.0, 'off_deg': 0.5, 'corrections': 1, 'failure': None}
    assert back['off_mm'] is None and back['failure'].startswith('way_blocked: on the way to nut_feeder')
    page = report_page(report)
    assert 'nut_fixture: 3.2 m in 12 s' in page and '12 mm and 0.5° off on arrival, corrected 1 times' in page
    assert 'rack &lt;left&gt; is in the way' in page
