# SPDX-License-Identifier: Apache-2.0
"""Sightings of one part are averaged, those of different parts are kept apart."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.work.part_memory import PartMemory, PartSighting


def sighting(position, yaw=0.0, part='nut', identity='', score=0.9, stamp=1.0) -> PartSighting:
    return PartSighting(part, identity, np.array(position, float), pin.rpy.rpyToMatrix(0, 0, yaw), score, stamp)


@given(st.floats(-np.pi, np.pi), st.lists(st.floats(-0.08, 0.08), min_size=2, max_size=8))
def test_yaw_of_a_hexagon_is_averaged_across_its_symmetry(yaw, errors):
    memory = PartMemory()
    for k, error in enumerate(errors):
        memory.add_frame(float(k), [sighting([0, 0, 0], yaw + error + k * np.pi / 3)])
    (part,) = memory.parts('nut', symmetry=6)
    difference = (part.yaw - yaw + np.pi / 6) % (np.pi / 3) - np.pi / 6
    assert abs(difference) <= max(map(abs, errors)) + 1e-6


def test_nuts_50_mm_apart_stay_two_and_the_better_comes_first():
    memory = PartMemory()
    for stamp in (1.0, 2.0):
        memory.add_frame(stamp, [sighting([0.001 * stamp, 0, 0], score=0.6), sighting([0.05, 0, 0], score=0.9)])
    best, other = memory.parts('nut')
    assert best.position[0] == 0.05
    assert other.position[0] == pytest.approx(0.0015)


def test_old_and_poor_sightings_do_not_count():
    memory = PartMemory()
    memory.add_frame(1.0, [sighting([0, 0, 0], stamp=1.0)])
    memory.add_frame(2.0, [sighting([0, 0, 0], stamp=2.0, score=0.2)])
    assert memory.parts('nut', since=1.5, min_score=0.5) == []
    assert memory.frame_count(since=1.5) == 1


def test_named_pins_are_found_by_name():
    memory = PartMemory()
    memory.add_frame(1.0, [sighting([0, 1, 0], part='pin', identity='left_pin'), sighting([0, -1, 0], part='pin', identity='right_pin')])
    assert memory.find('pin', 'right_pin').position[1] == -1
    assert memory.find('pin', 'third_pin') is None


def test_forgetting_drops_frames_and_sightings():
    memory = PartMemory()
    memory.add_frame(1.0, [sighting([0, 0, 0])])
    memory.forget(before=2.0)
    assert memory.parts('nut') == [] and memory.frames == []
