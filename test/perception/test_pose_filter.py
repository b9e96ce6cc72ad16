# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pinocchio as pin
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_perception.pose_estimate import PoseEstimate, rotation_error
from humanoid_perception.pose_filter import PoseFilter

DEVIATION = np.array([1e-3, 1e-3, 2e-3, 5e-3, 5e-3, 2e-3])
NO_DRIFT = np.full(6, 1e-9)


def noisy(pose: pin.SE3, rng: np.random.Generator) -> PoseEstimate:
    error = DEVIATION * rng.standard_normal(6)
    measured = pin.SE3(pin.exp3(error[3:]) @ pose.rotation, pose.translation + error[:3])
    return PoseEstimate(measured, np.diag(DEVIATION**2))


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_moved_covariance_is_that_of_moved_samples(seed):
    rng = np.random.default_rng(seed)
    pose, transform = pin.SE3.Random(), pin.SE3.Random()
    moved = PoseEstimate(pose, np.diag(DEVIATION**2)).moved(transform, np.diag((2 * DEVIATION) ** 2))
    errors = []
    for _ in range(1500):
        first = noisy(pose, rng).pose
        error = 2 * DEVIATION * rng.standard_normal(6)
        shaken = pin.SE3(pin.exp3(error[3:]) @ transform.rotation, transform.translation + error[:3])
        result = shaken * first
        turn = rotation_error(result.rotation, moved.pose.rotation)
        errors.append(np.concatenate([result.translation - moved.pose.translation, turn]))
    sample = np.cov(np.array(errors).T)
    scale = np.sqrt(np.diag(moved.covariance))
    assert np.allclose(sample / np.outer(scale, scale), moved.covariance / np.outer(scale, scale), atol=0.2)


def test_filter_averages_and_its_covariance_is_honest():
    rng = np.random.default_rng(3)
    pose = pin.SE3.Random()
    distances = []
    for _ in range(60):
        pose_filter = PoseFilter(NO_DRIFT, NO_DRIFT)
        for step in range(9):
            pose_filter.update(noisy(pose, rng), 0.1 * step)
        estimate = pose_filter.estimate
        error = np.concatenate(
            [
                estimate.pose.translation - pose.translation,
                rotation_error(estimate.pose.rotation, pose.rotation),
            ]
        )
        distances.append(error @ np.linalg.solve(estimate.covariance, error))
    assert np.allclose(np.sqrt(np.diag(estimate.covariance)), DEVIATION / 3.0, rtol=0.05)
    assert 4.5 < np.mean(distances) < 7.5  # chi-square with 6 degrees of freedom


def test_single_outlier_is_left_out_and_a_move_is_followed():
    rng = np.random.default_rng(4)
    here, there = pin.SE3.Identity(), pin.SE3(np.eye(3), np.array([0.05, 0.0, 0.0]))
    pose_filter = PoseFilter(np.full(6, 1e-4), np.full(6, 1e-4))
    for step in range(5):
        assert pose_filter.update(noisy(here, rng), 0.1 * step)
    assert not pose_filter.update(noisy(there, rng), 0.5)
    assert np.linalg.norm(pose_filter.estimate.pose.translation) < 0.005
    assert pose_filter.update(noisy(here, rng), 0.6)
    taken = [pose_filter.update(noisy(there, rng), 0.7 + 0.1 * step) for step in range(3)]
    assert taken == [False, False, True]
    assert np.linalg.norm(pose_filter.estimate.pose.translation - there.translation) < 0.01
    assert pose_filter.updates == 1


def test_covariance_does_not_go_below_the_floor():
    rng = np.random.default_rng(5)
    pose_filter = PoseFilter(NO_DRIFT, np.full(6, 3e-4))
    for step in range(400):
        pose_filter.update(noisy(pin.SE3.Identity(), rng), 0.01 * step)
    assert np.all(np.sqrt(np.diag(pose_filter.estimate.covariance)) >= 3e-4)
