# SPDX-License-Identifier: Apache-2.0
"""Insertion finds a pin near where it was seen, and says by name when it can't."""
from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.insertion import Insertion
from humanoid_control.work.nut_parameters import NutParameters

PARAMETERS = NutParameters.load().insertion
PIN_HEIGHT, CHAMFER = 0.02, 0.002


def insert(world, seen, parameters=PARAMETERS):
    world.hand.command([seen[0], seen[1], seen[2] + PIN_HEIGHT + 0.012], np.eye(3))
    return world.run(Insertion(world.hand, np.array(seen), PIN_HEIGHT, CHAMFER, parameters).run())


def test_a_well_seen_pin_takes_one_try_and_no_search(springs):
    world = springs()
    result = insert(world, (0.0, 0.0, 0.0))
    assert (result.failures, result.search_radius) == ([], 0.0)
    assert abs(result.height) < PARAMETERS.seat_tolerance


@settings(deadline=None, max_examples=25)
@given(st.floats(0.002, 0.005), st.floats(0, 2 * np.pi), st.floats(-0.003, 0.002))
def test_the_spiral_finds_a_pin_seen_up_to_5_mm_off(springs, offset, direction, height_error):
    world = springs()
    result = insert(world, (offset * np.cos(direction), offset * np.sin(direction), height_error))
    assert result.failures == []
    # the search passes every point to within half its pitch, and the pin catches 1.5 mm around its axis
    assert result.search_radius == pytest.approx(offset, abs=0.0015 + PARAMETERS.search_pitch)
    assert abs(world.hand.observation.position[2]) < PARAMETERS.seat_tolerance


def test_a_pin_out_of_the_search_radius_is_reported_after_the_tries(springs):
    world = springs(axis=(0.012, 0.0))
    with pytest.raises(WorkFailure, match='without dropping over the pin') as failure:
        insert(world, (0.0, 0.0, 0.0), dataclasses.replace(PARAMETERS, tries=2))
    assert failure.value.code is FailureCode.PIN_NOT_FOUND


def test_a_nut_that_jams_above_the_seat_is_reported_with_its_height(springs):
    world = springs(jam_height=0.008)
    with pytest.raises(WorkFailure, match='stands [78].* mm over the seat') as failure:
        insert(world, (0.0, 0.0, 0.0), dataclasses.replace(PARAMETERS, tries=1))
    assert failure.value.code is FailureCode.NOT_SEATED


def test_the_push_stays_near_the_push_force(springs):
    world = springs()
    forces = []
    skill = Insertion(world.hand, np.zeros(3), PIN_HEIGHT, CHAMFER, PARAMETERS).run()
    for _ in skill:
        world.step()
        forces.append(world.hand.observation.force[2])
    # the command lies push_force / stiffness below the hand; the stiff part adds the spring's share of that
    assert max(forces) < 1.3 * PARAMETERS.push_force


def test_negative_parameters_are_refused_by_name():
    with pytest.raises(ValueError, match='push_force must be positive, got -1'):
        dataclasses.replace(PARAMETERS, push_force=-1.0)
