# SPDX-License-Identifier: Apache-2.0
"""Strict YAML loading names the file, the key, the value and the expectation."""
from __future__ import annotations

from dataclasses import dataclass

import pytest
import yaml

from humanoid_control.model import ConfigurationError, RobotConfiguration, StationConfiguration, share_path
from humanoid_control.model.configuration import from_mapping, load


@dataclass(frozen=True)
class Inner:
    gain: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    count: int
    inner: Inner
    table: dict[str, float]
    note: str | None = None


GOOD = {'count': 2, 'inner': {'gain': 1, 'names': ['a']}, 'table': {'x': 0.5}}


def test_a_mapping_fills_nested_dataclasses_and_whole_numbers_become_floats():
    outer = from_mapping(Outer, GOOD, 'here')
    assert outer == Outer(2, Inner(1.0, ('a',)), {'x': 0.5}, None)
    assert isinstance(outer.inner.gain, float)


@pytest.mark.parametrize(('change', 'words'), [
    ({'extra': 1}, ["'extra'", 'unknown key', 'count']),
    ({'count': 1.5}, ['count', '1.5', 'whole number']),
    ({'count': True}, ['count', 'True', 'whole number']),
    ({'inner': {'gain': 'high'}}, ['inner', 'gain', "'high'", 'number']),
    ({'inner': {'gain': float('nan')}}, ['gain', 'nan', 'finite']),
    ({'inner': {}}, ['inner', "'gain'", 'missing']),
    ({'table': [1, 2]}, ['table', 'mapping']),
    ({'table': {'x': None}}, ['table.x', 'nothing']),
])
def test_what_does_not_fit_is_named(change, words):
    with pytest.raises(ConfigurationError) as error:
        from_mapping(Outer, GOOD | change, 'robot.yaml')
    assert 'robot.yaml' in str(error.value)
    for word in words:
        assert word in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match='absent.yaml.*cannot be read'):
        load(Outer, tmp_path / 'absent.yaml')


@pytest.mark.parametrize(('text', 'words'), [('a: [', 'not valid YAML'), ('- 1', 'mapping')])
def test_malformed_yaml_is_refused_with_the_file_name(tmp_path, text, words):
    path = tmp_path / 'broken.yaml'
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=f'broken.yaml.*{words}'):
        load(Outer, path)


def test_a_robot_file_without_a_side_is_refused(tmp_path):
    content = yaml.safe_load(share_path('config', 'robots', 'humanoid.yaml').read_text())
    del content['legs']['r']
    path = tmp_path / 'robot.yaml'
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigurationError, match='legs must have the sides l and r'):
        RobotConfiguration.load(path)


def test_the_station_drawing_loads_with_integer_tag_ids():
    station = StationConfiguration.load()
    assert sorted(station.board.tags) == [0, 1, 2, 3]
    assert set(station.trays) == {'left', 'right'}
