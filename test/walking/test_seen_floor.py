# SPDX-License-Identifier: Apache-2.0
"""Floor that cameras have shown, gathered from grids that move with the robot."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.seen_floor import SeenFloor, SeenSettings

EDGE = 0.05          # [m]
SETTINGS = SeenSettings(apart=0.1, share=0.6, memory=100.0, silence=3.0)
CORNER = st.integers(-60, 60)


def test_floor_is_seen_where_a_grid_shows_it_and_nowhere_else() -> None:
    floor = SeenFloor(SETTINGS)
    seen = np.zeros((40, 60), dtype=bool)
    seen[10, 20] = True                            # y from 0.5 m, x from 1.0 m after the corner
    floor.look(seen, np.array([-1.0, 2.0]), EDGE, 5.0)
    assert floor.covers(np.array([[0.025, 2.525]]))
    assert not floor.covers(np.array([[0.075, 2.525]]))
    assert not floor.covers(np.array([[1e6, -1e6]]))
    assert not floor.covers(np.array([[0.025, 2.525], [0.3, 2.525]])), 'half of the body is too little'


@given(st.lists(st.tuples(CORNER, CORNER), min_size=1, max_size=6))
def test_a_cell_that_stays_in_the_square_stays_seen_wherever_the_square_moves(corners: list[tuple[int, int]]) -> None:
    floor, size = SeenFloor(SETTINGS), 50
    origin = np.array(corners[0]) * EDGE
    floor.look(np.ones((size, size), dtype=bool), origin, EDGE, 0.0)
    remembered = {(corners[0][0] + i, corners[0][1] + j) for i in range(size) for j in range(size)}
    for number, corner in enumerate(corners[1:], start=1):
        floor.look(np.zeros((size, size), dtype=bool), np.array(corner) * EDGE, EDGE, float(number))
        remembered = {(x, y) for x, y in remembered if 0 <= x - corner[0] < size and 0 <= y - corner[1] < size}
    for x, y in [(corners[-1][0] + i, corners[-1][1] + j) for i in range(0, size, 7) for j in range(0, size, 7)]:
        assert floor.covers((np.array([[x, y]]) + 0.5) * EDGE) == ((x, y) in remembered)


def test_floor_is_forgotten_in_time_and_when_the_clock_is_set_back() -> None:
    floor, cells, place = SeenFloor(SETTINGS), np.ones((4, 4), dtype=bool), np.array([[0.1, 0.1]])
    floor.look(cells, np.zeros(2), EDGE, 0.0)
    floor.look(~cells, np.zeros(2), EDGE, 99.0)
    assert floor.covers(place)
    floor.look(~cells, np.zeros(2), EDGE, 101.0)
    assert not floor.covers(place)
    floor.look(cells, np.zeros(2), EDGE, 102.0)
    floor.look(~cells, np.zeros(2), EDGE, 1.0)
    assert not floor.covers(place)


def test_where_the_robot_stands_counts_as_seen() -> None:
    floor = SeenFloor(SETTINGS)
    floor.look(np.zeros((100, 100), dtype=bool), np.array([-2.5, -2.5]), EDGE, 0.0)
    floor.stand(Pose2(0.3, -0.2, 1.0), 0.4)
    around = [(0.3 + 0.35 * math.cos(a), -0.2 + 0.35 * math.sin(a)) for a in np.linspace(0.0, 6.0, 20)]
    assert floor.covers(np.array(around))
    assert not floor.covers(np.array(around) + (0.9, 0.0))


def test_nobody_watches_before_the_first_grid_and_after_a_silence() -> None:
    floor = SeenFloor(SETTINGS)
    assert not floor.is_watched(0.0)
    floor.stand(Pose2(0.0, 0.0, 0.0), 0.4)         # of no consequence
    floor.look(np.ones((2, 2), dtype=bool), np.zeros(2), EDGE, 1.0)
    assert floor.is_watched(3.9) and not floor.is_watched(4.1)


@pytest.mark.parametrize(('key', 'value'), [('share', 1.0), ('memory', 0.0), ('silence', math.nan), ('apart', -0.1)])
def test_settings_out_of_range_are_refused_by_name(key: str, value: float) -> None:
    with pytest.raises(ValueError, match=key):
        SeenSettings(**{**vars(SETTINGS), key: value})
