# SPDX-License-Identifier: Apache-2.0
"""Stop categories as the balance controller carries them out."""
from __future__ import annotations

import numpy as np
import pytest
from balance_rig import BalanceRig, Squat

from humanoid_control.balance import Mode
from humanoid_control.balance.errors import BalanceError
from humanoid_control.balance.walk import Footstep, GaitError, GaitPhase

OFF, SIT, HOLD, NONE = 0, 1, 2, 3
SIT_SPEED = 0.15     # [m/s] largest of a controlled sit, docs/safety.md


class Watch:
    """Heights and speeds of the centre of mass, tick by tick."""

    def __init__(self, rig: BalanceRig):
        self._rig = rig
        self.height: list[float] = []
        self.speed: list[float] = []

    def __call__(self) -> None:
        """Note one tick."""
        self.height.append(self._rig.balance.report.com[2])
        self.speed.append(self._rig.balance.report.com_velocity[2])


def test_a_controlled_sit_goes_down_slowly_stays_and_comes_up_again_without_a_jump(robot):
    rig = BalanceRig(robot, seed=1)
    rig.run(0.5)
    standing = rig.balance.report.com[2]
    down, up = Watch(rig), Watch(rig)
    rig.balance.set_stop(SIT)
    rig.run(3.0, down)
    assert down.height[-1] < standing - 0.2
    assert -SIT_SPEED < min(down.speed) < -0.1
    rig.balance.set_stop(HOLD)
    rig.run(0.5)
    assert rig.balance.report.com[2] == pytest.approx(down.height[-1], abs=0.01)
    rig.balance.set_stop(NONE)
    rig.run(3.5, up)
    assert up.height[-1] == pytest.approx(standing, abs=0.01)
    assert max(up.speed) < SIT_SPEED
    assert np.abs(np.diff(down.speed)).max() < 0.02 > np.abs(np.diff(up.speed)).max()
    assert rig.stands()


def test_a_sit_wins_over_references_and_needs_none(robot):
    rig = BalanceRig(robot, seed=1)
    rig.run(0.3)
    rig.balance.set_stop(SIT)
    rig.follow(3.0, lambda _: (rig.stand, np.zeros(len(rig.names))))
    assert rig.balance.report.com[2] < 0.68 and rig.stands()


def test_a_protective_stop_keeps_the_balance_and_follows_what_brakes(robot):
    rig = BalanceRig(robot, seed=1)
    rig.run(0.3)
    rig.balance.set_stop(HOLD)
    rig.follow(1.0, Squat(rig, 0.1))
    rig.world.push('torso', (60.0, 40.0, 0.0), 0.1)
    rig.run(1.0)
    assert rig.stands()


def test_without_power_it_only_damps_tells_what_it_sees_and_takes_over_afterwards(robot):
    rig = BalanceRig(robot, seed=1)
    rig.run(0.3)
    rig.balance.set_stop(OFF)
    rig.world.robot.switch(False)
    assert rig.step() == Mode.DAMPING
    assert not rig.balance.effort.any() and not rig.balance.velocity.any()
    assert 'switched off' in rig.balance.reason
    rig.run(2.5)
    assert rig.true_base()[0][2] < 0.5
    assert rig.estimated_rotation()[2, 2] == pytest.approx(rig.true_base()[1][2, 2], abs=0.1)
    rig.world.reset()       # stood up in the hoist
    rig.run(0.02)
    assert rig.estimated_rotation()[2, 2] > 0.98
    rig.balance.set_stop(NONE)
    rig.world.robot.switch(True)
    rig.run(1.0)
    assert rig.modes[-1] == Mode.STANDING and rig.balance.report.base_position[2] > 0.75


@pytest.mark.parametrize('ticks', [5, 10, 15, 40])
def test_a_robot_that_sags_is_caught(robot, ticks):
    """While it sags, the accelerometer shows more than gravity: the soles tell which way is up."""
    rig = BalanceRig(robot, seed=5)
    rig.run(0.1)
    rig.balance.set_stop(OFF)        # the drives keep their power and only damp
    for _ in range(ticks):
        rig.step()
    rig.balance.set_stop(NONE)
    rig.step()
    assert rig.estimated_rotation()[2] @ rig.true_base()[1][2] > np.cos(0.02)
    rig.run(1.5)
    assert rig.modes[-1] == Mode.STANDING and rig.true_base()[0][2] > 0.77


def test_bad_states_are_never_answered_with_effort_while_the_power_is_off(robot):
    rig = BalanceRig(robot, seed=1)
    rig.run(0.3)
    rig.balance.set_stop(OFF)

    def spoil(position: np.ndarray, velocity: np.ndarray) -> None:
        position[3] = np.nan

    rig.corrupt = spoil
    for _ in range(30):
        rig.step()
        assert not rig.balance.effort.any() and np.isfinite(rig.balance.position).all()


def test_a_stop_ends_walking_and_refuses_to_walk(robot):
    rig = BalanceRig(robot, seed=1)
    rig.run(0.3)
    rig.balance.walking.walk((0.3, 0.0, 0.0))
    rig.run(1.5)
    assert rig.balance.walking.phase is GaitPhase.STEPPING
    rig.balance.set_stop(HOLD)
    rig.run(2.0)
    assert rig.balance.walking.phase is GaitPhase.STANDING and rig.stands()
    for command in (lambda: rig.balance.walking.walk((0.1, 0.0, 0.0)),
                    lambda: rig.balance.walking.follow([Footstep(0, 0.2, 0.1, 0.0)])):
        with pytest.raises(GaitError, match='safety supervisor'):
            command()
    rig.balance.set_stop(NONE)
    rig.balance.walking.walk((0.1, 0.0, 0.0))


def test_a_category_that_does_not_exist_is_refused(robot):
    with pytest.raises(BalanceError, match='expected 0, 1, 2 or 3, got 4'):
        BalanceRig(robot).balance.set_stop(4)
