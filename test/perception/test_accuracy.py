# SPDX-License-Identifier: Apache-2.0
"""The figures that must be reached, on a few scenes; bench/perception_accuracy.py measures more of them."""

from __future__ import annotations

import pytest

from bench.perception_accuracy import PerceptionAccuracy


@pytest.fixture(scope='module')
def summary(scene_of_session):
    accuracy = PerceptionAccuracy(scene_of_session, images=2)
    for cycle in range(8):
        accuracy.look(cycle)
    return accuracy.summary()


def test_station_is_within_a_millimetre(summary):
    assert summary['one image: station position [mm]']['median'] <= 1.0
    assert summary['one image: station rotation [deg]']['p95'] <= 0.3


@pytest.mark.parametrize('label', ['one image', 'average'])
def test_nuts_are_within_a_millimetre_and_a_half_and_two_degrees(summary, label):
    assert summary[f'{label}: nut position [mm]']['median'] <= 1.5
    assert summary[f'{label}: nut position [mm]']['p95'] <= 3.0
    assert summary[f'{label}: nut yaw [deg]']['median'] <= 2.0


@pytest.mark.parametrize('label', ['one image', 'average'])
def test_pin_axes_are_within_a_millimetre(summary, label):
    assert summary[f'{label}: pin axis [mm]']['median'] <= 1.0
    assert summary[f'{label}: pin seat height [mm]']['median'] <= 1.0


def test_nothing_in_view_is_missed_or_invented(summary):
    counts = summary['counts']
    assert counts['nuts in view'] >= 0.9 * counts['nuts']
    for label in ('one image', 'average'):
        for what in ('nuts missed', 'nuts false', 'pins missed'):
            assert counts.get(f'{label}: {what}', 0) == 0
