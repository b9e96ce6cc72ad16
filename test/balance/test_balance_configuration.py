# SPDX-License-Identifier: Apache-2.0
"""Strict gains, parameters that change while running, the robot's table."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from humanoid_control.balance import BalanceConfiguration, BalanceController
from humanoid_control.balance.robot_table import describe, mass_beyond
from humanoid_control.model import ConfigurationError, ModelError, RobotModel, share_path


@pytest.fixture
def mapping() -> dict:
    return yaml.safe_load(share_path('config', 'balance.yaml').read_text())


def written(folder: Path, mapping: dict) -> Path:
    path = folder / 'gains.yaml'
    path.write_text(yaml.safe_dump(mapping))
    return path


def test_every_gain_of_the_file_states_its_unit_in_the_table() -> None:
    configuration = BalanceConfiguration.load()
    for parameter in configuration.table.values():
        assert parameter.minimum <= configuration[parameter.name] <= parameter.maximum
        assert parameter.description
    assert configuration.table['hand.stiffness'].unit == '1/s^2'


@pytest.mark.parametrize(('section', 'field', 'value', 'expected'), [
    ('hand', 'stifness', 3.0, "unknown key 'hand.stifness'"),
    ('hand', 'stiffness', 'much', "hand.stiffness: expected a finite number, got 'much'"),
    ('hand', 'stiffness', float('nan'), 'hand.stiffness: expected a finite number'),
    ('hand', 'stiffness', -1.0, r'hand.stiffness: expected 0 to 3000 1/s\^2, got -1'),
])
def test_bad_values_are_named_with_file_key_and_expectation(tmp_path: Path, mapping: dict, section: str, field: str,
                                                            value: object, expected: str) -> None:
    mapping[section][field] = value
    path = written(tmp_path, mapping)
    with pytest.raises(ConfigurationError, match=f'{path}.*{expected}'):
        BalanceConfiguration.load(path)


def test_missing_keys_and_sections_are_named(tmp_path: Path, mapping: dict) -> None:
    del mapping['dcm']['gain']
    with pytest.raises(ConfigurationError, match="key 'dcm.gain' is missing"):
        BalanceConfiguration.load(written(tmp_path, mapping))
    with pytest.raises(ConfigurationError, match='dcm: expected a mapping'):
        BalanceConfiguration.load(written(tmp_path, {'dcm': 3}))


def test_gains_change_while_running_or_not_at_all(robot: RobotModel) -> None:
    balance = BalanceController(robot)
    balance.set_parameters({'hand.stiffness': 200.0})
    assert balance.configuration['hand.stiffness'] == 200.0
    with pytest.raises(ConfigurationError):
        balance.set_parameters({'hand.damping': 20.0, 'hand.stiffness': -5.0})
    assert balance.configuration['hand.damping'] == 35.0


def test_the_description_carries_names_to_numbers(robot: RobotModel) -> None:
    description = describe(robot)
    layout = robot.low_state_layout()
    leg = robot.configuration.legs['r']
    assert [robot.joint_names[i] for i in description.leg[1]] == list(leg.joints)
    assert [layout.names[i] for i in description.joint_entry[:description.joints]] == list(robot.joint_names)
    assert layout.names[description.sole_force_entry[0]] == 'l_sole/force/x'
    assert sum(np.ctypeslib.as_array(description.inertia)[:, 0]) == pytest.approx(robot.mass)


def test_mass_beyond_a_link_counts_all_that_hangs_on_it(robot: RobotModel) -> None:
    assert mass_beyond(robot.urdf, robot.configuration.frames.base) == pytest.approx(robot.mass)
    assert 0.2 < mass_beyond(robot.urdf, robot.configuration.arms['l'].force_sensor) < 0.6
    with pytest.raises(ModelError, match='l_sole'):
        mass_beyond(robot.urdf, robot.configuration.legs['l'].sole)


def test_a_robot_that_does_not_fit_is_refused(robot: RobotModel) -> None:
    legs = dict(robot.configuration.legs)
    legs['l'] = replace(legs['l'], joints=legs['l'].joints[:5])
    changed = RobotModel(robot.urdf, replace(robot.configuration, legs=legs))
    with pytest.raises(ModelError, match="leg 'l' has 5"):
        BalanceController(changed)
    frames = replace(robot.configuration.frames, imu=robot.configuration.frames.torso)
    with pytest.raises(ModelError, match='IMU on the base'):
        BalanceController(RobotModel(robot.urdf, replace(robot.configuration, frames=frames)))
