# SPDX-License-Identifier: Apache-2.0
"""Trajectories stay within their limits, follow servo streams closely, and never jump."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.kinematics.trajectories import MotionLimits, PoseGovernor, VectorGovernor

DT = 0.01
HAND = MotionLimits(0.5, 4.0, 300.0)
TURN = MotionLimits(2.5, 20.0, 1500.0)


def rates(samples: np.ndarray) -> tuple[float, float, float]:
    """Largest velocity, acceleration and jerk of samples, shape (ticks, n), by differences."""
    found = []
    for _ in range(3):
        samples = np.diff(samples, axis=0) / DT
        found.append(float(np.abs(samples).max()))
    return tuple(found)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_vector_keeps_its_limits_whatever_targets_do(seed):
    rng = np.random.default_rng(seed)
    governor = VectorGovernor([HAND] * 3)
    positions = [governor.position]
    for tick in range(400):
        if rng.random() < 0.05:
            governor.set_target(rng.uniform(-0.4, 0.4, 3))
        if rng.random() < 0.01:
            governor.stop()
        positions.append(governor.advance(DT))
    velocity, acceleration, jerk = rates(np.array(positions))
    assert velocity <= HAND.velocity + 1e-6
    assert acceleration <= HAND.acceleration + 1e-6
    assert jerk <= HAND.jerk + 1e-4


def test_a_target_is_reached_on_a_straight_line_and_at_rest():
    governor = VectorGovernor([HAND] * 3)
    target = np.array([0.3, -0.1, 0.2])
    governor.set_target(target)
    while governor.moving:
        position = governor.advance(DT)
        assert np.linalg.norm(np.cross(position, target)) < 1e-9
    np.testing.assert_allclose(position, target, atol=1e-9)
    np.testing.assert_allclose(governor.velocity, 0.0, atol=1e-9)


@pytest.mark.parametrize('speed', [0.015, 0.03])
def test_a_servo_stream_is_followed_within_40_ms(speed):
    governor = PoseGovernor(HAND, TURN)
    pose, target = pin.SE3.Identity(), pin.SE3.Identity()
    for _ in range(200):
        target.translation[0] += speed * DT
        governor.set_target(target)
        pose = governor.advance(DT)
    assert (target.translation[0] - pose.translation[0]) / speed < 0.040


def test_poses_keep_limits_while_targets_change_on_the_way():
    rng = np.random.default_rng(1)
    governor = PoseGovernor(HAND, TURN)
    places, turns, last = [], [], governor.pose
    for tick in range(1500):
        if tick % 23 == 0:
            governor.set_target(pin.SE3(pin.exp3(rng.normal(size=3)), rng.uniform(-0.3, 0.3, 3)))
        pose = governor.advance(DT)
        places.append(pose.translation.copy())
        turns.append(pin.log3(last.rotation.T @ pose.rotation) / DT)
        last = pose
    velocity, acceleration, jerk = rates(np.array(places))
    assert velocity <= HAND.velocity + 1e-6 and acceleration <= HAND.acceleration + 1e-6 and jerk <= HAND.jerk + 1e-3
    # coordinates of the rotation vector keep the limits; axes of the frame see up to sqrt(3) of them
    assert np.linalg.norm(turns, axis=1).max() <= np.sqrt(3) * TURN.velocity
    assert np.linalg.norm(np.diff(turns, axis=0), axis=1).max() / DT <= 2 * TURN.acceleration


def test_a_pose_arrives_the_shorter_way():
    governor = PoseGovernor(HAND, TURN)
    governor.reset(pin.SE3(pin.utils.rotate('z', np.deg2rad(170)), np.zeros(3)))
    target = pin.SE3(pin.utils.rotate('z', np.deg2rad(-170)), np.array([0.1, 0.0, 0.0]))
    governor.set_target(target)
    largest = 0.0
    while governor.moving:
        pose = governor.advance(DT)
        largest = max(largest, float(np.linalg.norm(pin.log3(pose.rotation.T @ target.rotation))))
    assert pose.isApprox(target, 1e-6)
    assert largest <= np.deg2rad(20) + 1e-6


def test_stopping_ends_nearby():
    governor = PoseGovernor(HAND, TURN)
    governor.set_target(pin.SE3(np.eye(3), np.array([1.0, 0.0, 0.0])))
    for _ in range(50):
        governor.advance(DT)
    begin = governor.pose.translation[0]
    governor.stop()
    while governor.moving:
        governor.advance(DT)
    assert 0.0 < governor.pose.translation[0] - begin < 0.05


def test_a_start_in_motion_goes_on_without_a_jump():
    governor = PoseGovernor(HAND, TURN)
    governor.reset(pin.SE3.Identity(), np.array([0.3, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    pose = governor.advance(DT)
    assert pose.translation[0] == pytest.approx(0.3 * DT, rel=0.1)
    assert pin.log3(pose.rotation)[2] == pytest.approx(1.0 * DT, rel=0.1)


@pytest.mark.parametrize('bad', [np.array([np.nan, 0, 0]), np.array([np.inf, 0, 0]), np.zeros(2)])
def test_a_target_that_is_no_vector_is_refused_and_changes_nothing(bad):
    governor = VectorGovernor([HAND] * 3)
    governor.set_target(np.full(3, 0.1))
    with pytest.raises(ValueError, match='target: expected 3 finite numbers'):
        governor.set_target(bad)
    while governor.moving:
        governor.advance(DT)
    np.testing.assert_allclose(governor.position, 0.1)


@pytest.mark.parametrize('numbers', [(0.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, np.inf)])
def test_limits_must_be_positive(numbers):
    with pytest.raises(ValueError, match='expected a positive number'):
        MotionLimits(*numbers)
