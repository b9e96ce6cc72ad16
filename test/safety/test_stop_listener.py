# SPDX-License-Identifier: Apache-2.0
"""How nodes obey the heartbeat and its absence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.safety import StopCategory
from humanoid_control.safety.stop_listener import HOLD_AFTER, SIT_AFTER, StopListener


def test_without_a_supervisor_only_a_robot_that_needs_none_may_work():
    assert StopListener(required=False).category(5.0) is StopCategory.NONE
    needing = StopListener(required=True)
    assert needing.category(5.0) is StopCategory.PROTECTIVE
    assert 'no safety supervisor has been heard' in needing.reason(5.0)


@pytest.mark.parametrize('value', list(StopCategory))
def test_what_the_supervisor_says_is_done(value):
    listener = StopListener(required=False)
    listener.heard(int(value), 1.0)
    assert listener.category(1.1) is value


def test_a_supervisor_that_falls_silent_leads_to_hold_and_then_to_sit():
    listener = StopListener(required=False)
    listener.heard(StopCategory.NONE, 1.0)
    assert listener.category(1.0 + HOLD_AFTER) is StopCategory.NONE and listener.reason(1.1) == ''
    assert listener.category(1.01 + HOLD_AFTER) is StopCategory.PROTECTIVE
    assert listener.category(1.01 + SIT_AFTER) is StopCategory.CONTROLLED_SIT
    assert 'silent for 2.5 s' in listener.reason(3.5)
    listener.heard(StopCategory.NONE, 4.0)
    assert listener.category(4.0) is StopCategory.NONE


@given(value=st.integers(0, 255), silence=st.floats(0, 10))
def test_silence_never_softens_a_stop(value, silence):
    listener = StopListener(required=True)
    listener.heard(value, 0.0)
    assert listener.category(silence) <= listener.category(0.0)
    if value > 3:
        assert listener.category(0.0) is StopCategory.PROTECTIVE
