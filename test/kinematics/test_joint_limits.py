# SPDX-License-Identifier: Apache-2.0
"""Joints that are driven anywhere keep position, velocity and acceleration limits for ever."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.kinematics.errors import SolverError
from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.limits import JointLimits

DT = 0.01
COUNT = 3


class Driven:
    """Three joints of a free-floating chain that take the largest step their bounds allow."""

    def __init__(self, acceleration: float, velocity: float = 2.0) -> None:
        model = pin.Model()
        base = model.addJoint(0, pin.JointModelFreeFlyer(), pin.SE3.Identity(), 'base')
        for index in range(COUNT):
            base = model.addJoint(base, pin.JointModelRZ(), pin.SE3.Identity(), f'joint_{index}')
        self.state = KinematicState(model, pin.neutral(model))
        self.limits = JointLimits(np.full(COUNT, -0.5), np.full(COUNT, 1.0), np.full(COUNT, velocity), np.full(COUNT, acceleration))
        self.lower, self.upper = np.zeros(model.nv), np.zeros(model.nv)
        self.limits.bind(self.lower, self.upper)

    def drive(self, wish: np.ndarray) -> None:
        """One step with velocities [rad/s] as near to `wish` as the bounds allow."""
        self.limits.update(self.state, DT)
        step = np.zeros(len(self.lower))
        step[-COUNT:] = np.clip(wish * DT, self.lower[-COUNT:], self.upper[-COUNT:])
        self.state.move(step, DT)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), acceleration=st.floats(2.0, 100.0), velocity=st.floats(0.2, 6.0))
def test_any_drive_keeps_all_limits(seed, acceleration, velocity):
    rng = np.random.default_rng(seed)
    joints = Driven(acceleration, velocity)
    wish = np.zeros(COUNT)
    for tick in range(300):
        if tick % 7 == 0:
            wish = rng.uniform(-10, 10, COUNT)
        before = joints.state.v[-COUNT:].copy()
        joints.drive(wish)
        position, rate = joints.state.joints, joints.state.v[-COUNT:]
        assert (position >= -0.5 - 1e-9).all() and (position <= 1.0 + 1e-9).all()
        assert np.abs(rate).max() <= velocity + 1e-9
        assert np.abs(rate - before).max() <= acceleration * DT + 1e-9


def test_the_limit_is_reached_and_not_only_approached():
    joints = Driven(20.0)
    for _ in range(300):
        joints.drive(np.full(COUNT, 10.0))
    np.testing.assert_allclose(joints.state.joints, 1.0, atol=1e-3)


def test_a_start_outside_comes_back_without_a_jump():
    joints = Driven(20.0)
    q = joints.state.q.copy()
    q[-1] = 1.2
    joints.state.reset(q)
    rates = []
    for _ in range(200):
        joints.drive(np.full(COUNT, 10.0))
        rates.append(joints.state.v[-1])
    assert joints.state.q[-1] <= 1.0 + 1e-3
    assert np.abs(np.diff(rates, prepend=0.0)).max() <= 20.0 * DT + 1e-9


def test_nan_in_the_state_is_refused():
    joints = Driven(20.0)
    joints.state.v[-1] = np.nan
    with pytest.raises(SolverError):
        joints.limits.update(joints.state, DT)


@pytest.mark.parametrize('bad', [{'lower': np.ones(2)}, {'velocity': np.zeros(2)}, {'acceleration': -np.ones(2)}, {'upper': np.ones(3)}])
def test_senseless_limits_are_refused(bad):
    good = {'lower': -np.ones(2), 'upper': np.ones(2), 'velocity': np.ones(2), 'acceleration': np.ones(2)}
    with pytest.raises(ValueError, match='limits'):
        JointLimits(**{**good, **bad})
