# SPDX-License-Identifier: Apache-2.0
"""Layout files: where stations stand, and what is refused by name."""
from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
import yaml

from humanoid_control.model import ConfigurationError, SiteLayout, StationConfiguration, share_path


@pytest.fixture
def layout(tmp_path) -> Path:
    """A copy of the package's layout of two stations, to be spoilt."""
    for folder in ('layouts', 'stations'):
        shutil.copytree(share_path('config', folder), tmp_path / folder)
    return tmp_path / 'layouts' / 'two_stations.yaml'


def spoil(path: Path, keys: list[str], value: object) -> None:
    content = yaml.safe_load(path.read_text())
    owner = content
    for key in keys[:-1]:
        owner = owner[key]
    owner[keys[-1]] = value
    path.write_text(yaml.safe_dump(content))


def test_the_robot_starts_at_the_feeder_and_both_work_places_face_their_stations(layout):
    site = SiteLayout.load(layout)
    start, there = site.feeder.work_place, site.fixture.work_place
    assert (start.x, start.y, start.yaw) == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    pose, nominal = site.fixture.pose, site.fixture.station.nominal_pose
    assert math.hypot(pose.x - there.x, pose.y - there.y) == pytest.approx(nominal.x)
    assert math.atan2(pose.y - there.y, pose.x - there.x) == pytest.approx(there.yaw)
    assert math.hypot(there.x, there.y) > 2.5
    assert site.feeder.station.fixture is None and not site.fixture.station.trays


def test_the_corners_of_a_turned_bench_are_turned_with_it(layout):
    (x0, y0), *_, (x3, y3) = SiteLayout.load(layout).fixture.footprint
    assert (x3 - x0, y3 - y0) == pytest.approx((-0.90, 0.0), abs=1e-6)


def test_one_station_alone_stands_at_its_nominal_pose():
    station = StationConfiguration.load()
    site = SiteLayout.of_station(station)
    assert site.feeder is site.fixture and site.feeder.pose == station.nominal_pose
    place = site.feeder.work_place
    assert (place.x, place.y, place.yaw) == pytest.approx((0.0, 0.0, 0.0))


@pytest.mark.parametrize(('keys', 'value', 'words'), [
    (['stations', 'nut_fixture', 'frame'], 'hall', ['stations.nut_fixture.frame', "'map'", "'hall'"]),
    (['stations', 'nut_fixture', 'file'], 'none.yaml', ['none.yaml', 'cannot be read']),
    (['stations', 'nut_fixture', 'file'], '../stations/nut_feeder.yaml', ["'nut_fixture'", "'nut_feeder'"]),
    (['stations', 'nut_fixture', 'yaw'], 'north', ['stations.nut_fixture.yaw', "'north'", 'finite number']),
    (['stations', 'nut_fixture', 'z'], 1.0, ["unknown key 'z'"]),
    (['obstacles', 'rack_left', 'size'], [0.4, 0.0], ['rack_left', 'size', '0.0']),
    (['obstacles', 'rack_left', 'height'], -1.0, ['rack_left', 'height', '-1.0']),
    (['stations'], {}, ['exactly one with trays', 'none']),
])
def test_what_does_not_fit_is_refused_by_name(layout, keys, value, words):
    spoil(layout, keys, value)
    with pytest.raises(ConfigurationError) as refused:
        SiteLayout.load(layout)
    assert all(word in str(refused.value) for word in words), refused.value


@pytest.mark.parametrize(('key', 'value', 'words'), [
    ('board', {'family': '36h11', 'tag_size': 0.045, 'tags': {0: [0.0, 0.1], 9: [0.0, -0.1]}}, ['tag 0', "'nut_feeder'", "'nut_fixture'"]),
    ('frame', 'nut_feeder', ["frame 'nut_feeder'", "'nut_fixture'"]),
    ('frame', 'map', ["frame 'map'", "'nut_fixture'", 'the map']),
    ('trays', {'left': {'centre': [0, 0.3], 'size': [0.1, 0.1]}, 'right': {'centre': [0, -0.3], 'size': [0.1, 0.1]}},
     ['exactly one with trays', 'nut_feeder, nut_fixture']),
])
def test_stations_that_cannot_be_told_apart_are_refused(layout, key, value, words):
    spoil(layout.parent.parent / 'stations' / 'nut_fixture.yaml', [key], value)
    with pytest.raises(ConfigurationError) as refused:
        SiteLayout.load(layout)
    assert all(word in str(refused.value) for word in words), refused.value


def test_a_bench_without_trays_and_fixture_is_no_station(layout):
    path = layout.parent.parent / 'stations' / 'nut_fixture.yaml'
    content = yaml.safe_load(path.read_text())
    del content['fixture']
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigurationError, match='expected trays, a fixture with pins, or both'):
        StationConfiguration.load(path)
