# SPDX-License-Identifier: Apache-2.0
"""Parts of the gait in C against their Python twins and against what they promise."""
from __future__ import annotations

import ctypes
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.balance.walk import WalkConfiguration
from humanoid_control.balance.walk.native_structs import Choice, Plan, Pose, Situation, Swing, load_walk_library
from humanoid_control.balance.walk.twin import adaptation_twin, plan_twin, swing_twin
from humanoid_control.model import ConfigurationError

LIBRARY = load_walk_library()
CONFIGURATION = WalkConfiguration.load()
VALUES = CONFIGURATION.as_array()
PARAMETERS = VALUES.ctypes.data
OMEGA = math.sqrt(9.81 / 0.83)
lengths = st.floats(-1.0, 1.0)
velocities = st.tuples(st.floats(-1.2, 1.2), st.floats(-0.3, 0.3), st.floats(-0.8, 0.8))


def doubles(values) -> ctypes.Array:
    return (ctypes.c_double * len(values))(*values)


def plan_of(velocity, stance: int) -> tuple[Plan, plan_twin.Plan]:
    """The plan of a gait at a velocity, from C and from the twin."""
    poses = [plan_twin.Pose(0.0, 0.0, 0.0)]
    for i in range(plan_twin.PREVIEW):
        poses.append(plan_twin.compose(poses[-1], plan_twin.step_of_velocity(CONFIGURATION, velocity, 0.36, (stance + i) % 2)))
    ours = Plan()
    LIBRARY.walk_plan_make(PARAMETERS, OMEGA, stance, (Pose * plan_twin.PREVIEW)(*(Pose(*p) for p in poses[1:])),
                           doubles(velocity), ours)
    return ours, plan_twin.make_plan(CONFIGURATION, OMEGA, stance, poses[1:], velocity)


@settings(max_examples=200, deadline=None)
@given(velocity=velocities, stance=st.integers(0, 1))
def test_plan_equals_its_twin(velocity, stance: int) -> None:
    ours, twin = plan_of(velocity, stance)
    np.testing.assert_allclose([*ours.offset, *ours.end, ours.share], [*twin.offset, *twin.end, twin.share], atol=1e-12)
    np.testing.assert_allclose([ours.step.x, ours.step.y, ours.step.yaw], twin.step, atol=1e-12)


@settings(max_examples=200, deadline=None)
@given(velocity=velocities, stance=st.integers(0, 1), duration=st.floats(0.1, 0.8))
def test_step_of_a_velocity_equals_its_twin_and_mirrors(velocity, stance: int, duration: float) -> None:
    ours = LIBRARY.walk_step_of_velocity(PARAMETERS, doubles(velocity), duration, stance)
    np.testing.assert_allclose((ours.x, ours.y, ours.yaw),
                               plan_twin.step_of_velocity(CONFIGURATION, velocity, duration, stance), atol=1e-12)
    mirrored = LIBRARY.walk_step_of_velocity(PARAMETERS, doubles((velocity[0], -velocity[1], -velocity[2])), duration, 1 - stance)
    np.testing.assert_allclose((mirrored.x, -mirrored.y, -mirrored.yaw), (ours.x, ours.y, ours.yaw), atol=1e-12)


@pytest.mark.parametrize('stance', [0, 1])
def test_offset_of_a_steady_gait_repeats_itself_two_steps_later(stance: int) -> None:
    velocity = (0.5, 0.1, 0.0)
    first, second = plan_of(velocity, stance)[0], plan_of(velocity, 1 - stance)[0]
    # b_i exp(omega T) = share (u_(i+1) - u_i) + b_(i+1), with the step after next taken from the other foot
    growth = math.exp(OMEGA * CONFIGURATION['gait.step_time'])
    for i, step in ((0, second.step.x), (1, second.step.y)):
        assert first.offset[i] * growth == pytest.approx(first.share * step + second.offset[i], abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(end=st.tuples(lengths, lengths), start=st.tuples(lengths, lengths), time=st.floats(0.0, 0.5),
       double_support=st.floats(0.005, 0.3))
def test_reference_equals_its_twin(end, start, time: float, double_support: float) -> None:
    cop, dcm = doubles((0.0, 0.0)), doubles((0.0, 0.0))
    LIBRARY.walk_reference(OMEGA, doubles(end), doubles(start), time, 0.36, double_support, cop, dcm)
    twin_cop, twin_dcm = plan_twin.reference(OMEGA, end, start, time, 0.36, double_support)
    np.testing.assert_allclose(cop, twin_cop, atol=1e-9)
    np.testing.assert_allclose(dcm, twin_dcm, atol=1e-9)


def test_reference_obeys_the_pendulum_and_ends_at_the_plan() -> None:
    end, start, dt = (0.2, 0.1), (-0.1, 0.15), 1e-5
    cop, dcm, later = doubles((0, 0)), doubles((0, 0)), doubles((0, 0))
    for time in np.linspace(0.0, 0.35, 36):
        LIBRARY.walk_reference(OMEGA, doubles(end), doubles(start), time, 0.36, 0.06, cop, dcm)
        LIBRARY.walk_reference(OMEGA, doubles(end), doubles(start), time + dt, 0.36, 0.06, doubles((0, 0)), later)
        if not 0.059 < time < 0.061:
            np.testing.assert_allclose((np.array(later) - np.array(dcm)) / dt, OMEGA * (np.array(dcm) - np.array(cop)), atol=1e-3)
    LIBRARY.walk_reference(OMEGA, doubles(end), doubles(start), 0.36, 0.36, 0.06, cop, dcm)
    np.testing.assert_allclose(dcm, end, atol=1e-12)


@settings(max_examples=300, deadline=None)
@given(state=st.tuples(lengths, st.floats(-5, 5), st.floats(-60, 60)), target=st.tuples(lengths, lengths, lengths),
       time=st.floats(0.0, 0.6))
def test_quintic_equals_the_polynomial_that_meets_both_ends(state, target, time: float) -> None:
    position, velocity, acceleration = map(ctypes.c_double, state)
    LIBRARY.walk_quintic_step(position, velocity, acceleration, doubles(target), time, 0.002)
    twin = swing_twin.quintic_step(np.array(state), np.array(target), time, 0.002)
    np.testing.assert_allclose((position.value, velocity.value, acceleration.value), twin, rtol=1e-6, atol=1e-6 * 60)


@settings(max_examples=100, deadline=None)
@given(target=st.tuples(lengths, lengths, st.floats(-0.5, 0.5)), duration=st.floats(0.3, 0.6))
def test_swing_lifts_the_foot_and_brings_it_to_rest_over_its_place(target, duration: float) -> None:
    swing, dt = Swing(), 0.002
    heights = []
    for i in range(math.ceil(duration / dt) + 120):
        LIBRARY.walk_swing_advance(PARAMETERS, swing, Pose(*target), 0.0, i * dt, duration - i * dt, dt)
        heights.append(swing.position[2])
    np.testing.assert_allclose((swing.position[0], swing.position[1], swing.position[3]), target, atol=0.03)
    assert 0.02 < max(heights) < 0.06
    assert heights[-1] == pytest.approx(-CONFIGURATION['swing.lowest'])
    assert max(abs(a) for a in swing.acceleration) <= CONFIGURATION['swing.acceleration']


@settings(max_examples=100, deadline=None)
@given(state=st.lists(st.floats(-1, 1), min_size=12, max_size=12), target=st.tuples(lengths, lengths, st.floats(-3, 3)),
       elapsed=st.floats(0.0, 0.6), left=st.floats(-0.1, 0.6))
def test_swing_equals_its_twin(state: list[float], target, elapsed: float, left: float) -> None:
    before = np.array(state).reshape(3, 4) * [[1.0], [3.0], [40.0]]
    swing = Swing()
    for field, row in zip(('position', 'velocity', 'acceleration'), before):
        getattr(swing, field)[:] = row
    LIBRARY.walk_swing_advance(PARAMETERS, swing, Pose(*target), 0.01, elapsed, left, 0.002)
    twin = swing_twin.advance(CONFIGURATION, before, plan_twin.Pose(*target), 0.01, elapsed, left, 0.002)
    np.testing.assert_allclose([swing.position, swing.velocity, swing.acceleration], twin, rtol=1e-6, atol=1e-5)


@st.composite
def situations(draw) -> adaptation_twin.Situation:
    """Any moment of a step, from calm to hopeless."""
    pair = st.tuples(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6)).map(np.array)
    return adaptation_twin.Situation(
        OMEGA, draw(st.integers(0, 1)), draw(pair), draw(pair), draw(st.floats(0, 0.5)), draw(st.floats(0.19, 0.6)),
        draw(st.sampled_from([0.36, 0.61])), draw(st.booleans()), draw(st.booleans()), draw(st.floats(0, 0.4)), draw(st.floats(-0.01, 0.08)), draw(pair), draw(pair) * 5)


def adapt(s: adaptation_twin.Situation, plan: Plan) -> Choice:
    choice = Choice()
    situation = Situation(s.omega, s.stance, doubles(s.dcm), doubles(s.dcm_reference), s.time, s.duration, s.planned,
                          s.single_support, s.airborne, s.elapsed, s.height, doubles(s.foot), doubles(s.foot_velocity))
    LIBRARY.walk_adapt(PARAMETERS, situation, plan, choice)
    return choice


@settings(max_examples=400, deadline=None)
@given(situation=situations(), velocity=velocities)
def test_adaptation_equals_its_twin_and_stays_within_reach(situation: adaptation_twin.Situation, velocity) -> None:
    ours_plan, twin_plan = plan_of(velocity, situation.stance)
    ours, twin = adapt(situation, ours_plan), adaptation_twin.adapt(CONFIGURATION, situation, twin_plan)
    assert ours.cost == pytest.approx(twin.cost, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose([ours.residual, *ours.step], [twin.residual, *twin.step], atol=1e-9)
    if not situation.airborne:
        side = 1 if situation.stance else -1
        assert -CONFIGURATION['reach.backward'] <= ours.step[0] <= CONFIGURATION['reach.forward']
        assert CONFIGURATION['reach.inward'] <= side * ours.step[1] <= CONFIGURATION['reach.outward']


@pytest.mark.parametrize('stance', [0, 1])
def test_calm_walking_keeps_step_and_duration(stance: int) -> None:
    plan, twin = plan_of((0.4, 0.0, 0.0), stance)
    reference = math.exp(-OMEGA * 0.16) * twin.end
    calm = adaptation_twin.Situation(OMEGA, stance, reference, reference, 0.2, 0.36, 0.36, True, False, 0.0, 0.0, np.zeros(2),
                                     np.zeros(2))
    choice = adapt(calm, plan)
    assert choice.duration == pytest.approx(0.36)
    np.testing.assert_allclose(choice.step, twin.step[:2], atol=1e-9)
    assert choice.residual == 0.0


def test_push_forward_makes_the_step_longer_and_push_aside_wider() -> None:
    plan, twin = plan_of((0.0, 0.0, 0.0), 1)
    reference = math.exp(-OMEGA * 0.3) * twin.end
    for axis in (0, 1):
        pushed = reference.copy()
        pushed[axis] += 0.1
        choice = adapt(adaptation_twin.Situation(OMEGA, 1, pushed, reference, 0.06, 0.36, 0.36, True, False, 0.0, 0.0,
                                                 np.zeros(2), np.zeros(2)), plan)
        assert choice.step[axis] > twin.step[axis] + 0.1


def test_settings_out_of_range_and_unknown_ones_are_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r'gait\.step_time: expected 0\.2 to 1\.5 s, got 0\.1'):
        CONFIGURATION.with_values({'gait.step_time': 0.1})
    with pytest.raises(ConfigurationError, match="unknown key 'gait.speed'"):
        CONFIGURATION.with_values({'gait.speed': 1.0})
    bad = VALUES.copy()
    bad[3] = math.nan
    assert LIBRARY.walk_parameters_check(bad.ctypes.data) == 3
