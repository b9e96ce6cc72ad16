# SPDX-License-Identifier: Apache-2.0
"""The gait on a linear inverted pendulum: walking, turning, pushes, stops, footsteps; and against its twin."""
from __future__ import annotations

import copy
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pendulum import Pendulum

from humanoid_control.balance.walk import Footstep, Gait, GaitError, GaitInput, GaitOutput
from humanoid_control.balance.walk.twin import GaitTwin

FORWARD = (0.3, 0.0, 0.0)


def numbers(o: GaitOutput) -> np.ndarray:
    """All of an output; angles as points on the circle."""
    angles = np.array([o.heading, o.footstep.yaw, *(row[3] for row in o.swing[:1])])
    return np.concatenate([[o.phase, o.swing_foot, o.touchdown, *o.dcm, *o.dcm_reference, *o.cop, *o.com_acceleration,
                            o.margin, o.residual, *o.load_limit, o.footstep.foot, o.footstep.x, o.footstep.y],
                           np.ravel([row[:3] for row in o.swing]), np.cos(angles), np.sin(angles)])


@pytest.mark.parametrize('seed', range(4))
def test_gait_equals_its_twin_through_commands_footsteps_and_pushes(seed: int) -> None:
    random = np.random.default_rng(seed)
    gait, twin = Gait(), GaitTwin()
    pendulum = Pendulum(gait)
    twin.stand(pendulum.measured)
    for tick in range(2000):
        m = pendulum.measured
        if tick % 400 == 100:
            m.walk, m.velocity = bool(random.random() < 0.7), tuple(random.uniform(-0.6, 0.6, 3))
        if tick % 600 == 333:
            pendulum.push(*random.normal(scale=0.35, size=2))
        if tick == 1200:
            steps = [Footstep(i % 2, 0.1 * i, 0.1 if i % 2 == 0 else -0.1, 0.0) for i in range(4)]
            gait.follow(steps)
            twin.follow(steps)
        if pendulum.fallen:
            break
        theirs = numbers(twin.tick(copy.deepcopy(m)))
        np.testing.assert_allclose(numbers(pendulum.tick()), theirs, atol=1e-7, err_msg=f'tick {tick}')
    assert tick > 500


@pytest.mark.parametrize('velocity', [(0.3, 0.0, 0.0), (1.2, 0.0, 0.0), (-0.5, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, -0.3, 0.0)])
def test_walks_at_the_commanded_speed_and_stops(velocity) -> None:
    pendulum = Pendulum(Gait())
    assert pendulum.run(6.0, velocity)
    start = np.array(pendulum.measured.com)
    assert pendulum.run(4.0, velocity)
    speed = (np.array(pendulum.measured.com) - start) / 4.0
    np.testing.assert_allclose(speed, velocity[:2], atol=0.05 * np.linalg.norm(velocity) + 0.01)
    assert pendulum.run(4.0)
    assert pendulum.standing
    left, right = pendulum.measured.soles
    assert abs(left[0] - right[0]) < 0.06


@pytest.mark.parametrize('turn', [0.8, -0.8])
def test_turns_at_the_commanded_rate_on_the_spot(turn: float) -> None:
    pendulum = Pendulum(Gait())
    assert pendulum.run(5.0, (0.0, 0.0, turn))
    headings = []
    for _ in range(40):
        assert pendulum.run(0.1, (0.0, 0.0, turn))
        headings.append(pendulum.output.heading)
    rate = (np.unwrap(headings)[-1] - headings[0]) / 3.9
    assert rate == pytest.approx(turn, rel=0.05)
    assert math.hypot(*pendulum.measured.com) < 0.3


@pytest.mark.parametrize('direction', range(0, 360, 45))
@pytest.mark.parametrize('walking', [False, True])
def test_survives_pushes_of_35_newton_seconds_on_52_kilograms(direction: int, walking: bool) -> None:
    for moment in (2.0, 2.09, 2.18, 2.27):
        pendulum = Pendulum(Gait())
        command = FORWARD if walking else None
        pendulum.run(moment, command)
        angle = math.radians(direction)
        pendulum.push(35 / 52 * math.cos(angle), 35 / 52 * math.sin(angle))
        assert pendulum.run(4.0, command), f'pushed after {moment} s'
        assert pendulum.run(4.0)
        assert pendulum.standing


def test_small_push_is_stood_out_without_a_step() -> None:
    pendulum = Pendulum(Gait())
    pendulum.push(0.15, 0.1)
    assert pendulum.run(3.0)
    assert not pendulum.steps


def test_footsteps_are_made_where_they_were_asked_for() -> None:
    pendulum = Pendulum(Gait())
    footsteps, x = [], 0.0
    for i in range(8):
        x = min(x + 0.18, 1.2)
        footsteps.append(Footstep(i % 2, x, 0.1 if i % 2 == 0 else -0.1, 0.0))
    pendulum.gait.follow(footsteps)
    assert pendulum.run(8.0)
    assert pendulum.standing
    errors = [math.dist((wanted.x, wanted.y), (made.x, made.y)) for wanted, made in zip(footsteps, pendulum.steps)]
    assert [step.foot for step in pendulum.steps] == [step.foot for step in footsteps]
    assert max(errors) < 0.012, 'also of the first footstep, made from rest'
    assert pendulum.measured.com[0] == pytest.approx(1.2, abs=0.01)


def test_footsteps_are_replaced_while_walking_without_stumbling() -> None:
    pendulum = Pendulum(Gait())
    pendulum.gait.follow([Footstep(i % 2, 0.15 * (i + 1), 0.1 if i % 2 == 0 else -0.1, 0.0) for i in range(20)])
    assert pendulum.run(2.0)
    state = pendulum.gait.state
    last = state.footstep[state.next_footstep]
    under_way = Footstep(last.foot, last.pose.x, last.pose.y, last.pose.yaw)
    pendulum.gait.follow([under_way, Footstep(1 - last.foot, under_way.x, 0.1 if last.foot else -0.1, 0.0)])
    assert pendulum.run(4.0)
    assert pendulum.standing
    assert pendulum.measured.com[0] == pytest.approx(under_way.x, abs=0.05)


def test_command_that_ends_stops_the_gait_and_speeds_beyond_limits_are_cut() -> None:
    pendulum = Pendulum(Gait())
    assert pendulum.run(8.0, (5.0, 0.0, 0.0))
    start = pendulum.measured.com[0]
    assert pendulum.run(2.0, (5.0, 0.0, 0.0))
    assert (pendulum.measured.com[0] - start) / 2.0 < 1.3
    assert pendulum.run(6.0)
    assert pendulum.standing


@pytest.mark.parametrize('stuck', [0.0, 600.0, math.nan])
def test_stuck_or_missing_foot_sensor_does_not_stop_walking(stuck: float) -> None:
    pendulum = Pendulum(Gait())
    pendulum.run(0.5)
    m = pendulum.measured
    m.walk, m.velocity = True, FORWARD
    for _ in range(3000):
        m.forces = (stuck, m.forces[1])
        pendulum.tick()
        assert not pendulum.fallen
    assert len(pendulum.steps) > 10


@pytest.mark.parametrize(('change', 'value'), [
    ('com', (math.nan, 0.0)), ('com_velocity', (0.0, math.inf)), ('dt', 0.0), ('dt', math.nan), ('com_height', 0.0),
    ('velocity', (0.0, math.nan, 0.0)), ('soles', ((0.0, math.nan, 0.0, 0.0), (0.0, -0.1, 0.0, 0.0)))])
def test_input_that_makes_no_sense_is_refused_and_changes_nothing(change: str, value) -> None:
    gait = Gait()
    gait.stand(GaitInput())
    before = bytes(gait.state)
    measured = GaitInput(walk=True)
    setattr(measured, change, value)
    with pytest.raises(GaitError, match='not finite or beyond any robot'):
        gait.tick(measured)
    assert bytes(gait.state) == before


def test_bad_footsteps_are_refused() -> None:
    gait = Gait()
    gait.stand(GaitInput())
    for bad in (Footstep(2, 0.0, 0.0, 0.0), Footstep(0, math.nan, 0.0, 0.0)):
        with pytest.raises(GaitError, match='not finite or names no foot'):
            gait.follow([bad])
    with pytest.raises(GaitError, match='more footsteps than fit'):
        gait.follow([Footstep(i % 2, 0.0, 0.0, 0.0) for i in range(65)])


finite = {'allow_nan': False, 'allow_infinity': False}
anything = st.one_of(st.floats(-1e5, 1e5, **finite), st.floats(-1, 1), st.just(0.0))
fast = st.floats(-100, 100, **finite)


@st.composite
def inputs(draw) -> GaitInput:
    """Whatever passes for a measurement."""
    soles = tuple(tuple(draw(anything) for _ in range(4)) for _ in range(2))
    return GaitInput(dt=draw(st.floats(1e-6, 0.05)), com_height=draw(st.floats(0.2, 2.0)), com=(draw(anything), draw(anything)),
                     com_velocity=(draw(fast), draw(fast)), soles=soles,
                     forces=(draw(st.floats()), draw(st.floats())), walk=draw(st.booleans()),
                     velocity=(draw(fast), draw(fast), draw(fast)))


def test_foot_at_a_height_that_no_foot_has_asks_for_no_endless_step() -> None:
    gait, measured = Gait(), GaitInput()
    gait.stand(measured)
    measured.walk = True
    for tick in range(1500):
        measured.soles = tuple((*sole[:2], -8e4 if 500 < tick < 510 else 0.0, sole[3]) for sole in measured.soles)
        output = gait.tick(measured)
        assert np.isfinite(numbers(output)).all()
        assert gait.state.duration - gait.state.time < 2.0


@settings(max_examples=150, deadline=None)
@given(first=inputs(), following=st.lists(inputs(), min_size=1, max_size=12), repeats=st.integers(1, 60),
       footsteps=st.lists(st.builds(Footstep, st.integers(0, 1), anything, anything, anything), max_size=5))
def test_output_is_finite_for_any_finite_input(first: GaitInput, following: list[GaitInput], repeats: int,
                                               footsteps: list[Footstep]) -> None:
    gait = Gait()
    gait.stand(first)
    gait.follow(footsteps)
    for measured in following:
        for _ in range(repeats):
            output = gait.tick(measured)
        assert np.isfinite(numbers(output)).all() and np.isfinite(output.swing).all()
        assert np.abs(output.swing[2]).max() <= 60.0
