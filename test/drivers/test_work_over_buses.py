# SPDX-License-Identifier: Apache-2.0
"""The nut station's work over emulated motors ends as it does with the robot driven directly."""

from __future__ import annotations

from bench.emulated_rehearsal import compare

BOTH = {'left': True, 'right': True}


def test_a_cycle_over_buses_that_lose_frames_ends_as_one_without_buses():
    cycle = compare(seed=7, loss=0.02)
    for way in ('direct', 'over_buses'):
        assert cycle[way]['seated'] == cycle[way]['believed'] == BOTH, cycle
        assert cycle[way]['falls'] == 0, cycle
    assert cycle['over_buses']['ticks_not_obeyed'] == 0, cycle
    assert cycle['over_buses']['answers_lost'] > 1000, cycle
