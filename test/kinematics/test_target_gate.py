# SPDX-License-Identifier: Apache-2.0
"""Malformed, stale and misplaced targets are refused by name."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.kinematics.errors import TargetRefused
from humanoid_control.kinematics.target_gate import TargetGate

UPRIGHT = (0.0, 0.0, 0.0, 1.0)
HERE = (0.3, 0.2, 1.0)


@pytest.fixture
def gate() -> TargetGate:
    gate = TargetGate('odom', 'base_footprint', stale_after=0.5)
    gate.now = 10.0
    gate.stance = pin.SE3(pin.utils.rotate('z', np.pi / 2), np.array([1.0, 2.0, 0.0]))
    return gate


def test_a_target_in_odom_is_brought_to_the_feet(gate):
    pose = gate.pose('odom', 10.0, (1.0, 3.0, 0.5), UPRIGHT)
    np.testing.assert_allclose(pose.translation, [1.0, 0.0, 0.5], atol=1e-12)
    np.testing.assert_allclose(gate.point('odom', 10.0, (1.0, 3.0, 0.5)), pose.translation)


def test_a_target_at_the_feet_stays_as_it_is(gate):
    gate.stance = None
    np.testing.assert_allclose(gate.pose('base_footprint', 0.0, HERE, UPRIGHT).translation, HERE)


@pytest.mark.parametrize(('frame', 'stamp', 'position', 'quaternion', 'reason'), [
    ('map', 10.0, HERE, UPRIGHT, "frame_id: expected 'odom' or 'base_footprint', got 'map'"),
    ('', 10.0, HERE, UPRIGHT, 'frame_id'),
    ('odom', 9.0, HERE, UPRIGHT, 'stale: stamp is 1.00 s in the past'),
    ('odom', 12.0, HERE, UPRIGHT, 'in the future'),
    ('odom', 10.0, (float('nan'), 0.0, 0.0), UPRIGHT, 'position: expected finite numbers'),
    ('odom', 10.0, (0.0, float('inf'), 0.0), UPRIGHT, 'position'),
    ('odom', 10.0, HERE, (float('nan'), 0.0, 0.0, 1.0), 'orientation: expected finite'),
    ('odom', 10.0, HERE, (0.0, 0.0, 0.0, 0.0), 'unit quaternion, got length 0'),
    ('odom', 10.0, HERE, (0.0, 0.0, 1.0, 1.0), 'unit quaternion'),
])
def test_what_is_wrong_is_named(gate, frame, stamp, position, quaternion, reason):
    with pytest.raises(TargetRefused, match=reason):
        gate.pose(frame, stamp, position, quaternion)


def test_odom_without_a_stance_is_refused(gate):
    gate.stance = None
    with pytest.raises(TargetRefused, match='no stance received'):
        gate.pose('odom', 10.0, HERE, UPRIGHT)


def test_unstamped_targets_are_taken(gate):
    gate.pose('odom', 0.0, HERE, UPRIGHT)


@pytest.mark.parametrize(('value', 'reason'), [(float('nan'), 'finite'), (0.3, r'expected 0.5\.\.0.9 m, got 0.3'), (1.0, 'got 1')])
def test_numbers_out_of_range_are_refused(gate, value, reason):
    with pytest.raises(TargetRefused, match=reason):
        gate.number('m', value, 0.5, 0.9)


@given(values=st.lists(st.floats(), min_size=7, max_size=7))
def test_whatever_passes_is_a_pose(values):
    gate = TargetGate('odom', 'base_footprint', stale_after=0.5)
    try:
        pose = gate.pose('base_footprint', 0.0, values[:3], values[3:])
    except TargetRefused:
        return
    assert np.isfinite(pose.homogeneous).all()
    np.testing.assert_allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-9)
