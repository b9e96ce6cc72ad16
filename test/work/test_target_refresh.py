# SPDX-License-Identifier: Apache-2.0
"""Targets are sent when they change, and from time to time."""
from __future__ import annotations

import numpy as np

from humanoid_control.work.target_refresh import TargetRefresh


def test_unchanged_target_is_sent_once_a_period() -> None:
    refresh = TargetRefresh(period=0.1)
    sent = [t for t in np.arange(0, 100) * 0.01 if refresh.due('hand', (np.zeros(3), np.eye(3)), t)]
    assert sent[0] == 0.0
    np.testing.assert_allclose(np.diff(sent), 0.105, atol=0.0051)  # the first tick at which the period is over


def test_change_of_any_part_is_sent_at_once() -> None:
    refresh = TargetRefresh()
    assert refresh.due('hand', (np.zeros(3), np.eye(3)), 0.0)
    assert refresh.due('hand', (np.array([0.0, 0.0, 1e-9]), np.eye(3)), 0.01)
    assert not refresh.due('hand', (np.array([0.0, 0.0, 1e-9]), np.eye(3)), 0.02)
    assert refresh.due('gripper', 0.02, 0.02)
    assert refresh.due('gripper', 0.01, 0.03)


def test_array_changed_in_place_counts_as_changed() -> None:
    refresh, position = TargetRefresh(), np.zeros(3)
    assert refresh.due('gaze', position, 0.0)
    position[1] = 0.5
    assert refresh.due('gaze', position, 0.01)


def test_time_that_jumps_back_sends_again() -> None:
    refresh = TargetRefresh()
    assert refresh.due('gaze', 1.0, 50.0)
    assert refresh.due('gaze', 1.0, 0.0)
