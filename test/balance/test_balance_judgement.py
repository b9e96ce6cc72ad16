# SPDX-License-Identifier: Apache-2.0
"""What balance bears it tells, by name, and for long enough to be read."""
from __future__ import annotations

import pytest
from balance_rig import BalanceRig

from humanoid_control.balance.balance_judgement import GYROSCOPE_DRIFTS, REMEMBERED, BalanceJudgement
from humanoid_control.middleware.level import Level
from humanoid_control.model import RobotModel


def jump(rig: BalanceRig, nanoseconds: int) -> None:
    """Let time jump for the controller alone."""
    position, velocity, _ = rig.world.low_state()
    rig.balance.tick(rig.world.time_ns + nanoseconds, position, velocity)


@pytest.mark.parametrize(('axis', 'rate'), [('x', -0.1), ('y', 0.1)])
def test_a_gyroscope_that_drifts_is_named_with_its_axis_and_sign(rig: BalanceRig, axis: str, rate: float) -> None:
    judgement = BalanceJudgement(rig.balance)
    assert judgement.judge()[0] is Level.OK
    entry = rig.balance.layout.names.index(f'imu/angular_velocity/{axis}')

    def drift(position, velocity) -> None:
        position[entry] += rate
    rig.corrupt = drift
    rig.run(2.0)
    level, said = judgement.judge()
    assert rig.stands() and level is Level.WARN
    bias = rig.balance.report.gyro_bias['xyz'.index(axis)]
    assert GYROSCOPE_DRIFTS < bias * rate / abs(rate) < 0.1
    assert f'the gyroscope drifts: {bias:+.3f} rad/s about {axis} of the base' in said


def test_a_gyroscope_that_is_off_as_good_ones_are_is_not_told(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=2, gyroscope_bias=0.004)
    rig.run(3.0)
    assert rig.stands() and BalanceJudgement(rig.balance).judge()[0] is Level.OK


@pytest.mark.parametrize(('nanoseconds', 'words'), [
    (5_000_000_000, 'stamps of low_state jumped ahead by 5.00 s or states were lost (1 so far)'),
    (-300_000_000, 'stamps of low_state went back by 0.30 s (1 so far)')])
def test_stamps_that_jump_are_told_for_a_while(rig: BalanceRig, nanoseconds: int, words: str) -> None:
    judgement = BalanceJudgement(rig.balance)
    jump(rig, nanoseconds)
    told = [judgement.judge() for _ in range(REMEMBERED + 1)]
    assert all(level is Level.WARN and words in said for level, said in told[:REMEMBERED])
    assert told[-1][0] is Level.OK


def test_jumps_are_counted_through_the_restarts_that_they_cause(rig: BalanceRig) -> None:
    judgement = BalanceJudgement(rig.balance)
    for nanoseconds in (0, -110_000_000, -220_000_000):
        jump(rig, nanoseconds)
    assert rig.balance.report.restarts == 2
    assert '(2 so far)' in judgement.judge()[1]
    rig.balance.activate()
    assert rig.balance.report.restarts == 0
    jump(rig, 0)
    assert judgement.judge()[0] is Level.OK


def test_silence_and_falls_come_before_warnings(rig: BalanceRig) -> None:
    judgement = BalanceJudgement(rig.balance)
    jump(rig, 5_000_000_000)
    assert judgement.judge(silence=2.0) == (Level.STALE, 'no low_state for 2 s: is the driver or the simulator running?')
    rig.balance.deactivate()
    level, said = judgement.judge()
    assert level is Level.ERROR and 'not active' in said
