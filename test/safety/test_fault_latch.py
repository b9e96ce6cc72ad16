# SPDX-License-Identifier: Apache-2.0
"""Faults latch, last, demand the hardest stop, and go by reset only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from humanoid_control.model import ConfigurationError
from humanoid_control.model.configuration import from_mapping
from humanoid_control.safety import StopCategory
from humanoid_control.safety.fault_latch import FaultLatch
from humanoid_control.safety.fault_table import FaultTable
from humanoid_control.safety.finding import Finding
from humanoid_control.safety.settings import SitSettings
from humanoid_control.safety.stop_sequence import StopSequence

WORDS = {'title': 't', 'cause': 'c', 'remedy': 'r'}
TABLE = from_mapping(
    FaultTable,
    {
        'faults': {
            'off': {'stop': 0, **WORDS},
            'sit': {'stop': 1, **WORDS},
            'hold': {'stop': 2, **WORDS},
            'slow': {'stop': 1, 'after': 0.5, **WORDS},
            'worsens': {'stop': 2, 'sits_after': 2.0, **WORDS},
        }
    },
    'test',
)
CODES = st.sampled_from(sorted(TABLE.faults))


def latch() -> FaultLatch:
    return FaultLatch(TABLE, lambda: 'today')


def test_a_fault_stays_when_its_cause_goes_and_is_reset_then():
    faults = latch()
    (fresh,) = faults.observe([Finding('hold', 'l_knee', 'first')], 1.0)
    assert (fresh.code, fresh.subject, fresh.detail, fresh.first_seen, fresh.active) == (
        'hold',
        'l_knee',
        'first',
        1.0,
        True,
    )
    assert faults.observe([Finding('hold', 'l_knee', 'second')], 1.5) == []
    assert [f.code for f in faults.reset()] == ['hold'], 'a fault with its cause there must not be reset'
    faults.observe([], 2.0)
    (kept,) = faults.reports()
    assert (kept.active, kept.detail, kept.first_seen) == (False, 'first', 1.0)
    assert faults.demand is StopCategory.PROTECTIVE
    assert faults.reset() == () and faults.reports() == () and faults.demand is StopCategory.NONE


def test_a_short_cause_is_not_latched_and_a_lasting_one_is():
    faults = latch()
    for now in (0.0, 0.4):
        assert faults.observe([Finding('slow')], now) == []
    faults.observe([], 0.45)
    assert faults.observe([Finding('slow')], 0.6) == []
    (fresh,) = faults.observe([Finding('slow')], 1.1)
    assert fresh.first_seen == 0.6


def test_subjects_are_faults_of_their_own():
    faults = latch()
    faults.observe([Finding('hold', 'l_knee'), Finding('hold', 'r_knee')], 0.0)
    faults.observe([Finding('hold', 'r_knee')], 1.0)
    assert [(f.subject, f.active) for f in faults.reports()] == [('l_knee', False), ('r_knee', True)]


def test_a_cause_that_comes_back_is_counted():
    faults = latch()
    for findings in ([Finding('hold')], [], [Finding('hold')], [Finding('hold')], [], [Finding('hold')]):
        faults.observe(findings, 0.0)
    assert faults.reports()[0].count == 3


def test_a_hold_whose_cause_lasts_becomes_a_sit():
    faults = latch()
    faults.observe([Finding('worsens')], 0.0)
    faults.observe([Finding('worsens')], 1.9)
    assert faults.demand is StopCategory.PROTECTIVE
    faults.observe([Finding('worsens')], 2.0)
    assert faults.demand is StopCategory.CONTROLLED_SIT
    faults.observe([], 2.1)
    assert faults.demand is StopCategory.CONTROLLED_SIT, 'a demand must not weaken by itself'


def test_a_button_latches_without_a_cause_and_can_be_reset_at_once():
    faults = latch()
    faults.press('sit', 'by hand', 3.0)
    assert faults.press('sit', 'again', 4.0).count == 2
    faults.observe([], 5.0)
    assert faults.demand is StopCategory.CONTROLLED_SIT
    assert faults.reset() == ()


def test_what_demands_less_than_a_sit_does_not_hide_its_cause_but_hinders_a_reset():
    faults = latch()
    faults.observe([Finding('sit', 'cause')], 0.0)
    assert faults.observe([Finding('sit', 'cause'), Finding('hold', 'effect')], 1.0) == []
    assert [f.subject for f in faults.reports()] == ['cause']
    assert faults.observe([Finding('off', 'worse'), Finding('hold', 'effect')], 2.0) != []
    assert {f.subject for f in faults.reset()} == {'worse', 'effect'}
    faults.observe([Finding('hold', 'effect')], 3.0)
    assert [f.subject for f in faults.reset()] == ['effect']
    faults.observe([], 4.0)
    assert faults.reset() == ()


def test_a_clock_set_back_does_not_keep_a_fault_from_latching():
    faults = latch()
    faults.observe([Finding('slow')], 100.0)
    faults.observe([Finding('slow')], 1.0)
    assert faults.observe([Finding('slow')], 1.5) != []


def test_an_unknown_code_is_refused_by_name():
    with pytest.raises(ConfigurationError, match='no_such'):
        latch().observe([Finding('no_such')], 0.0)


@pytest.mark.parametrize(
    ('entry', 'reason'),
    [
        ({'stop': 3}, 'expected 0, 1 or 2'),
        ({'stop': 1, 'sits_after': 2.0}, 'sits_after'),
        ({'stop': 1, 'after': -1.0}, 'after'),
        ({'stop': 1, 'colour': 'red'}, 'colour'),
    ],
)
def test_a_bad_fault_table_is_refused(entry, reason):
    with pytest.raises(ConfigurationError, match=reason):
        from_mapping(FaultTable, {'faults': {'x': {**WORDS, **entry}}}, 'faults.yaml')


class LatchMachine(RuleBasedStateMachine):
    """Any order of findings, buttons and resets."""

    @initialize()
    def begin(self) -> None:
        self.faults, self.now, self.active = latch(), 0.0, set()
        self.worst, self.seen = StopCategory.NONE, {}

    @rule(codes=st.sets(CODES), step=st.floats(0.0, 1.0))
    def observe(self, codes: set[str], step: float) -> None:
        self.now += step
        fresh = self.faults.observe([Finding(code) for code in codes], self.now)
        assert all(f.code in codes and f.code not in self.seen for f in fresh)
        self.active = codes
        self._note()

    @rule(code=st.sampled_from(('off', 'sit', 'hold')))
    def press(self, code: str) -> None:
        self.faults.press(code, 'pressed', self.now)
        assert code in {f.code for f in self.faults.reports()}
        self._note()

    @rule()
    def reset(self) -> None:
        hindering = self.faults.reset()
        # only what is there hinders, and it hinders all
        assert {f.code for f in hindering} <= self.active
        if not hindering:
            assert self.faults.reports() == () and self.faults.demand is StopCategory.NONE
            self.worst, self.seen = StopCategory.NONE, {}

    @invariant()
    def nothing_is_forgotten_or_weakened(self) -> None:
        reports = {f.code: f for f in self.faults.reports()}
        assert reports.keys() == self.seen.keys()
        assert all(reports[code].first_seen == first for code, first in self.seen.items())
        assert self.faults.demand <= min((f.stop for f in reports.values()), default=StopCategory.NONE)
        assert self.faults.demand <= self.worst
        self.worst = self.faults.demand

    def _note(self) -> None:
        for fault in self.faults.reports():
            self.seen.setdefault(fault.code, fault.first_seen)


TestLatchMachine = LatchMachine.TestCase

SIT = SitSettings(height_share=0.75, settled_for=0.5, timeout=5.0)


def test_a_sit_ends_in_power_off_when_the_hips_are_low():
    sequence = StopSequence(SIT)
    assert sequence.update(StopCategory.CONTROLLED_SIT, 1.0, 0.0) is StopCategory.CONTROLLED_SIT
    assert sequence.update(StopCategory.CONTROLLED_SIT, 0.7, 2.0) is StopCategory.CONTROLLED_SIT
    assert sequence.update(StopCategory.CONTROLLED_SIT, 0.8, 2.4) is StopCategory.CONTROLLED_SIT
    assert sequence.update(StopCategory.CONTROLLED_SIT, 0.7, 2.6) is StopCategory.CONTROLLED_SIT
    assert sequence.update(StopCategory.CONTROLLED_SIT, 0.7, 3.1) is StopCategory.POWER_OFF
    assert sequence.since == 3.1


def test_a_sit_that_cannot_be_seen_ends_in_time():
    sequence = StopSequence(SIT)
    sequence.update(StopCategory.CONTROLLED_SIT, None, 1.0)
    assert sequence.update(StopCategory.CONTROLLED_SIT, None, 5.9) is StopCategory.CONTROLLED_SIT
    assert sequence.update(StopCategory.CONTROLLED_SIT, None, 6.0) is StopCategory.POWER_OFF


@given(
    st.lists(
        st.tuples(st.sampled_from(StopCategory), st.one_of(st.none(), st.floats(0, 1)), st.floats(0, 1)), max_size=30
    )
)
def test_without_reset_a_stop_only_gets_harder(steps):
    sequence, now, last = StopSequence(SIT), 0.0, StopCategory.NONE
    for demand, height, step in steps:
        now += step
        stop = sequence.update(demand, height, now)
        assert stop <= min(last, demand)
        last = stop
    sequence.reset(now)
    assert sequence.stop is StopCategory.NONE
