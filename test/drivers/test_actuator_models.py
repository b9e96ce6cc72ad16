# SPDX-License-Identifier: Apache-2.0
"""Actuator files: complete, and refused by name when wrong."""

from __future__ import annotations

import math
import shutil

import pytest

from humanoid_control.drivers.actuator_model import load_actuator_models, models_with_peak
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path


def test_every_actuator_of_both_families_is_described(models):
    assert set(models) == {'CyberGear', *(f'RS0{n}' for n in range(7))}
    for model in models.values():
        assert math.isclose(model.ranges.position, 4 * math.pi)


def test_models_are_found_by_their_peak_torque(models):
    assert models_with_peak(models, 120.0) == ['RS04']
    assert models_with_peak(models, 17.0) == ['RS01', 'RS02']
    assert models_with_peak(models, 99.0) == []


@pytest.mark.parametrize(
    'before, after, complaint',
    [
        ('torque: 120.0', 'torque: -120.0', 'torque must be positive, got -120'),
        ('torque: 120.0', 'torque: much', "ranges.torque: expected a finite number, got 'much'"),
        ('family: robstride', 'family: robotstride', 'family must be one of cybergear, robstride'),
        ('rated_torque: 40.0', 'rated_torque: 400.0', r'rated_torque must lie in \(0, 120.0\]'),
        ('derate_from: 80.0', 'derate_from: 180.0', 'must lie below stop_at'),
        ('minimum: 30.0', 'minimum: 90.0', 'minimum < derate_below < maximum'),
        ('rated_torque', 'rated_torqe', "unknown key 'rated_torqe'"),
    ],
)
def test_a_wrong_actuator_file_is_refused_by_name(tmp_path, before, after, complaint):
    text = share_path('config', 'actuators', 'rs04.yaml').read_text()
    assert before in text
    (tmp_path / 'rs04.yaml').write_text(text.replace(before, after))
    with pytest.raises(ConfigurationError, match=complaint) as refusal:
        load_actuator_models(tmp_path)
    assert 'rs04.yaml' in str(refusal.value)


def test_two_files_of_one_name_are_refused(tmp_path):
    source = share_path('config', 'actuators', 'rs04.yaml')
    for name in ('a.yaml', 'b.yaml'):
        shutil.copy(source, tmp_path / name)
    with pytest.raises(ConfigurationError, match="'RS04' is already taken"):
        load_actuator_models(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match='no actuator model'):
        load_actuator_models(tmp_path)
