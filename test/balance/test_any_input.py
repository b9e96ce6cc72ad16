# SPDX-License-Identifier: Apache-2.0
"""Whatever comes in: commands are finite, torques within limits, foot forces inside the friction cone."""
from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.balance import BalanceController, Mode
from humanoid_control.model import RobotModel

_robot = RobotModel.default()
_balance = BalanceController(_robot)
_limits = np.array([_robot.effort_limit_of(name) for name in _balance.names])
_stand = np.array([_robot.configuration.stand_posture.get(name, 0.0) for name in _balance.names])


def low_state(rng: np.random.Generator, spread: float, wild: float) -> tuple[np.ndarray, np.ndarray]:
    """A standing robot's state with errors of size `spread`, and some entries of any size up to `wild`."""
    layout = _balance.layout
    position, velocity = np.zeros(layout.size), np.zeros(layout.size)
    position[layout.joints] = _stand
    position[layout.linear_acceleration] = (0.0, 0.0, 9.81)
    for sole in ('l_sole', 'r_sole'):
        position[layout.force[sole]] = (0.0, 0.0, 250.0)
    position += spread * rng.normal(size=layout.size)
    velocity[layout.joints] = 10 * spread * rng.normal(size=len(_stand))
    changed = rng.random(layout.size) < 0.05
    position[changed] = wild * rng.normal(size=changed.sum())
    return position, velocity


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0, 1.0), wild=st.sampled_from([0.0, 1.0, 1e3, 1e12, 1e300]))
def test_commands_stay_finite_and_within_limits(seed: int, spread: float, wild: float) -> None:
    rng = np.random.default_rng(seed)
    _balance.activate()
    for tick in range(1, 8):
        position, velocity = low_state(rng, spread, wild)
        mode = _balance.tick(tick * 2_000_000, position, velocity)
        if tick == 3 and mode == Mode.STANDING:
            count = len(_stand)
            _balance.set_reference(tick * 2_000_000, rng.normal(size=count) * 3, rng.normal(size=count) * 30)
        for name in ('position', 'velocity', 'effort'):
            assert np.isfinite(getattr(_balance, name)).all(), name
        assert (np.abs(_balance.effort) <= _limits + 1e-9).all()
        if mode == Mode.STANDING:
            for force in np.array(_balance.report.wrench)[:, :3]:
                cone = _balance.configuration['contact.friction'] * force[2]
                assert np.hypot(force[0], force[1]) <= cone + 1e-6 * (1 + abs(force[2]))
        elif mode != Mode.HOLDING:
            assert not _balance.effort.any()


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_values_that_are_not_finite_never_reach_a_command(seed: int) -> None:
    rng = np.random.default_rng(seed)
    _balance.activate()
    for tick in range(1, 20):
        position, velocity = low_state(rng, 1e-3, 0.0)
        if rng.random() < 0.5:
            position[rng.integers(len(position))] = rng.choice([np.nan, np.inf, -np.inf])
        if rng.random() < 0.3:
            velocity[rng.integers(len(velocity))] = np.nan
        _balance.tick(tick * 2_000_000, position, velocity)
        for name in ('position', 'velocity', 'effort'):
            assert np.isfinite(getattr(_balance, name)).all(), name
