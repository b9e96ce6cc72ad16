# SPDX-License-Identifier: Apache-2.0
"""Whatever a stepping robot is told or measures: commands are finite and possible, foot forces inside the friction cone."""
from __future__ import annotations

import math
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.balance import BalanceController, Mode, RefusedReferenceError
from humanoid_control.balance.walk import Footstep, GaitError, GaitPhase
from humanoid_control.model import RobotModel
from humanoid_control.simulation.stand_in import StandIn

TICK_NS = 2_000_000
RECORDED = 420           # ticks, two steps and a half
EARLIEST = 60            # the gait steps from here on
SPOILED = 10             # ticks with wild input

_robot = RobotModel.default()
_balance = BalanceController(_robot)
_limits = np.array([_robot.effort_limit_of(name) for name in _balance.names])
anything = st.sampled_from([0.0, 1e-3, 1.0, 1e3, 1e12, 1e300])


@cache
def walk_on_record() -> list[tuple[np.ndarray, np.ndarray]]:
    """low_state of a robot that starts to walk."""
    world, states = StandIn(3, {}, robot=_robot, with_station=False), []
    _balance.activate()
    for tick in range(RECORDED):
        position, velocity, _ = world.low_state()
        states.append((position.copy(), velocity.copy()))
        _balance.tick((tick + 1) * TICK_NS, position, velocity)
        if tick == 0:
            _balance.walking.walk((0.3, 0.0, 0.2))
        world.apply(_balance.position, _balance.velocity, _balance.effort)
        world.step()
    return states


def replay(ticks: int) -> None:
    """Bring the controller to where it was on the record."""
    _balance.activate()
    for tick, state in enumerate(walk_on_record()[:ticks]):
        _balance.tick((tick + 1) * TICK_NS, *state)
        if tick == 0:
            _balance.walking.walk((0.3, 0.0, 0.2))
    assert _balance.walking.phase is GaitPhase.STEPPING


def check(mode: Mode) -> None:
    """The last command is one that a robot can be given."""
    for name in ('position', 'velocity', 'effort'):
        assert np.isfinite(getattr(_balance, name)).all(), name
    assert (np.abs(_balance.effort) <= _limits + 1e-9).all()
    if mode == Mode.STANDING:
        friction = _balance.configuration['contact.friction']
        for force in np.array(_balance.report.wrench)[:, :3]:
            slack = 1e-6 * (1 + abs(force[2]))
            assert force[2] >= -slack
            assert math.hypot(force[0], force[1]) <= friction * force[2] + slack
    elif mode != Mode.HOLDING:
        assert not _balance.effort.any()


@settings(max_examples=150, deadline=None)
@given(ticks=st.integers(EARLIEST, RECORDED - SPOILED), seed=st.integers(0, 2**32 - 1), spread=st.floats(0, 1.0),
       wild=anything, share=st.sampled_from([0.0, 0.02, 0.2]))
def test_wild_measurements(ticks: int, seed: int, spread: float, wild: float, share: float) -> None:
    rng = np.random.default_rng(seed)
    replay(ticks)
    for tick in range(ticks, ticks + SPOILED):
        position, velocity = (array.copy() for array in walk_on_record()[tick])
        for array in (position, velocity):
            array += 0.1 * spread * rng.normal(size=len(array))
            changed = rng.random(len(array)) < share
            array[changed] = wild * rng.normal(size=changed.sum())
        check(Mode(_balance.tick((tick + 1) * TICK_NS, position, velocity)))


@settings(max_examples=80, deadline=None)
@given(ticks=st.integers(EARLIEST, RECORDED - SPOILED), seed=st.integers(0, 2**32 - 1), wild=anything, by_steps=st.booleans())
def test_wild_commands(ticks: int, seed: int, wild: float, by_steps: bool) -> None:
    rng = np.random.default_rng(seed)
    replay(ticks)
    for tick in range(ticks, ticks + SPOILED):
        try:
            if by_steps:
                _balance.walking.follow([Footstep(int(rng.integers(2)), *(wild * rng.normal(size=3))) for _ in range(4)])
            else:
                _balance.walking.walk(wild * rng.normal(size=3))
        except GaitError:
            continue
        finally:
            check(Mode(_balance.tick((tick + 1) * TICK_NS, *walk_on_record()[tick])))
        reference = walk_on_record()[tick][0][:len(_limits)] + wild * rng.normal(size=len(_limits))
        try:
            _balance.set_reference((tick + 1) * TICK_NS, reference, wild * rng.normal(size=len(_limits)))
        except RefusedReferenceError:
            continue


@settings(max_examples=60, deadline=None)
@given(ticks=st.integers(EARLIEST, RECORDED - SPOILED), seed=st.integers(0, 2**32 - 1))
def test_values_that_are_not_finite(ticks: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    replay(ticks)
    for tick in range(ticks, ticks + SPOILED):
        position, velocity = (array.copy() for array in walk_on_record()[tick])
        if rng.random() < 0.5:
            position[rng.integers(len(position))] = rng.choice([np.nan, np.inf, -np.inf])
        if rng.random() < 0.3:
            velocity[rng.integers(len(velocity))] = np.nan
        check(Mode(_balance.tick((tick + 1) * TICK_NS, position, velocity)))
