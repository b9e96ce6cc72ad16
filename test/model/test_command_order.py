# SPDX-License-Identifier: Apache-2.0
"""Commands are obeyed in the order in which they were made."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.model.command_order import TIME_BEGAN_ANEW, CommandOrder


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=100))
def test_what_is_obeyed_never_goes_back_and_the_rest_is_counted(ticks):
    order = CommandOrder()
    obeyed = [tick for tick in ticks if order.admits(tick * 50_000)]       # all within less than TIME_BEGAN_ANEW
    assert obeyed == sorted(obeyed) and max(ticks) in obeyed
    assert order.overtaken == len(ticks) - len(obeyed)
    assert bool(order.complaint()) == (order.overtaken > 0)


def test_the_same_command_once_more_is_no_older_one():
    order = CommandOrder()
    assert order.admits(7) and order.admits(7) and order.complaint() == ''


@given(st.integers(0, 10**18), st.integers(0, 10**12))
def test_time_that_began_anew_is_followed(first, further):
    order = CommandOrder()
    assert order.admits(first + TIME_BEGAN_ANEW + further) and order.admits(first) and order.admits(first + 1)
    assert order.overtaken == 0


def test_the_complaint_tells_what_is_new_and_the_sum():
    order = CommandOrder()
    assert [order.admits(stamp) for stamp in (5, 3, 6, 4)] == [True, False, True, False]
    assert order.complaint() == '2 joint_commands came after newer ones and were left out, 2 so far'
    assert order.complaint() == ''
    assert not order.admits(5)
    assert order.complaint() == '1 joint_commands came after newer ones and were left out, 3 so far'
