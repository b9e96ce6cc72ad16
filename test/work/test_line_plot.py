# SPDX-License-Identifier: Apache-2.0
"""Plots of the report: round ticks that span the data, drawings inside their frame."""
from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.work.line_plot import HEIGHT, WIDTH, line_plot, ticks

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6))


@given(numbers, numbers, st.integers(2, 10))
def test_ticks_are_equally_spaced_round_numbers_that_span_the_data(a: float, b: float, most: int) -> None:
    low, high = min(a, b), max(a, b)
    found = ticks(low, high, most)
    step = found[1] - found[0]
    mantissa = step / 10.0 ** math.floor(math.log10(step * (1 + 1e-9)))
    assert min(abs(mantissa - m) for m in (1, 2, 5, 10)) < 1e-5
    assert found[0] <= low + 1e-6 * step and high - 1e-6 * step <= found[-1]
    assert 2 <= len(found) <= most + 2


@pytest.mark.parametrize('ys', [[3.0], [1.0, 1.0], [-52.3, 2.3, 0.0], [1e-7, 3e-7]])
def test_lines_stay_inside_the_picture_and_text_is_escaped(ys: list[float]) -> None:
    root = ElementTree.fromstring(line_plot({'a < b': (list(range(len(ys))), ys)}, 's', 'mm'))
    texts = [element.text for element in root.iter('text')]
    assert 'a < b' in texts and 's' in texts and 'mm' in texts
    points = [float(v) for pair in root.find('polyline').get('points').split() for v in pair.split(',')]
    assert all(0 <= x <= WIDTH for x in points[::2]) and all(0 <= y <= HEIGHT for y in points[1::2])


def test_nothing_to_draw_is_said() -> None:
    assert 'Nothing was recorded' in line_plot({'cop': ([], [])}, 's', 'mm')
