# SPDX-License-Identifier: Apache-2.0
"""What the simulator says of the commands that it gets."""
from __future__ import annotations

from humanoid_control.middleware.level import Level
from humanoid_control.model.command_order import CommandOrder
from humanoid_control.simulation.world_judgement import WorldJudgement


def test_it_warns_of_what_is_new_and_names_both_kinds():
    order = CommandOrder()
    judgement = WorldJudgement(order)
    assert judgement.judge(0, lost=False) == (Level.OK, 'running')
    assert judgement.judge(0, lost=False, paused=True) == (Level.OK, 'paused')
    assert judgement.judge(3, lost=False) == (Level.WARN, '3 states were not answered in time since the last report')
    assert judgement.judge(3, lost=False)[0] is Level.OK
    assert order.admits(2) and not order.admits(1)
    level, said = judgement.judge(4, lost=False)
    assert level is Level.WARN and said.startswith('1 states were not answered') and '; 1 joint_commands came after' in said


def test_a_lost_controller_is_an_error_whatever_else_happened():
    judgement = WorldJudgement(CommandOrder())
    assert judgement.judge(9, lost=True) == (Level.ERROR, 'no joint_commands: the joints hold their posture')
