# SPDX-License-Identifier: Apache-2.0
"""docs/tuning.md shows plots of the settings as they are."""
from __future__ import annotations

import re

import pytest

from bench.tuning_plots import FOLDER, PLOTS
from humanoid_control.balance import BalanceConfiguration
from humanoid_control.balance.walk import WalkConfiguration


def test_the_page_shows_every_plot():
    page = (FOLDER.parent / 'tuning.md').read_text(encoding='utf-8')
    shown = re.findall(r'\]\(tuning/(\w+)\.svg\)', page)
    assert sorted(shown) == sorted(PLOTS)
    for name, plot in PLOTS.items():
        assert f'{plot.setting}: ' in (FOLDER / f'{name}.svg').read_text(encoding='utf-8')


@pytest.mark.parametrize('name', PLOTS)
def test_the_middle_line_is_the_value_in_use(name):
    plot = PLOTS[name]
    low, used, high = plot.values
    configuration = BalanceConfiguration.load() if plot.standing else WalkConfiguration.load()
    assert low < used < high
    assert configuration[plot.setting] == used, f'{name}.svg is old: python -m bench.tuning_plots'
