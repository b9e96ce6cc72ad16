# SPDX-License-Identifier: Apache-2.0
"""Support polygon in C: hull, nearest point, distance to the edge."""
from __future__ import annotations

import ctypes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.balance.standing_twin import nearest_in_hull, sole_corners
from humanoid_control.native import load_library

HALF = np.array([0.11, 0.05])


class Polygon(ctypes.Structure):
    """support_polygon."""

    _fields_ = [('count', ctypes.c_int), ('point', ctypes.c_double * 2 * 8)]

    @classmethod
    def of(cls, soles: list[tuple[np.ndarray, float]]) -> Polygon:
        """Hull of soles given by centre (2,) [m] and yaw [rad]."""
        library, polygon = load_library('balance'), cls()
        library.support_clear(ctypes.byref(polygon))
        for centre, yaw in soles:
            library.support_add_sole(ctypes.byref(polygon), (ctypes.c_double * 2)(*centre), ctypes.c_double(yaw),
                                     ctypes.c_double(HALF[0]), ctypes.c_double(HALF[1]))
        library.support_close(ctypes.byref(polygon))
        return polygon

    def corners(self) -> np.ndarray:
        """Corners (count, 2) [m]."""
        return np.array([list(p) for p in self.point])[:self.count]

    def nearest(self, point: np.ndarray) -> tuple[np.ndarray, float]:
        """Nearest point and the distance to the edge, negative outside [m]."""
        library, nearest = load_library('balance'), (ctypes.c_double * 2)()
        library.support_nearest.restype = ctypes.c_double
        distance = library.support_nearest(ctypes.byref(self), (ctypes.c_double * 2)(*point), nearest)
        return np.array(nearest), distance


sole = st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(-3.2, 3.2))


@settings(max_examples=200, deadline=None)
@given(left=sole, right=sole, point=st.tuples(st.floats(-1, 1), st.floats(-1, 1)))
def test_nearest_point_equals_that_of_the_twin(left: tuple, right: tuple, point: tuple) -> None:
    soles = [(np.array(s[:2]), s[2]) for s in (left, right)]
    polygon, point = Polygon.of(soles), np.array(point)
    nearest, distance = polygon.nearest(point)
    expected = nearest_in_hull(sole_corners(soles, HALF), point)
    np.testing.assert_allclose(np.linalg.norm(nearest - point), np.linalg.norm(expected - point), atol=1e-9)
    assert (distance >= 0) == (np.linalg.norm(nearest - point) < 1e-12) or abs(distance) < 1e-9


@settings(max_examples=100, deadline=None)
@given(left=sole, right=sole)
def test_hull_is_convex_counter_clockwise_and_holds_all_corners(left: tuple, right: tuple) -> None:
    soles = [(np.array(s[:2]), s[2]) for s in (left, right)]
    polygon = Polygon.of(soles)
    corners = polygon.corners()
    assert 4 <= len(corners) <= 8
    for i in range(len(corners)):
        a, b, c = corners[i], corners[(i + 1) % len(corners)], corners[(i + 2) % len(corners)]
        assert (b - a)[0] * (c - b)[1] - (b - a)[1] * (c - b)[0] > -1e-12
    for corner in sole_corners(soles, HALF):
        assert polygon.nearest(corner)[1] > -1e-9


def test_distance_to_the_edge_is_signed() -> None:
    polygon = Polygon.of([(np.zeros(2), 0.0)])
    assert polygon.nearest(np.array([0.1, 0.0]))[1] == pytest.approx(0.01)
    nearest, distance = polygon.nearest(np.array([0.15, 0.0]))
    assert distance == pytest.approx(-0.04)
    np.testing.assert_allclose(nearest, [0.11, 0.0])
