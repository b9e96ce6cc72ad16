# SPDX-License-Identifier: Apache-2.0
"""The settings file, its errors, and its numbers as parameters."""
from __future__ import annotations

import pytest

from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.model import ConfigurationError


def test_the_packages_file_holds_the_defaults(settings):
    assert settings == KinematicsSettings()


@pytest.mark.parametrize(('text', 'words'), [
    ('costs: {foot: 1.0}', ['foot', 'known are']),
    ('costs: {feet: heavy}', ['costs.feet', 'heavy', 'number']),
    ('costs: {feet: -1.0}', ['feet', '0.1..1000', '-1']),
    ('motion: {hand: {velocity: 0.5, acceleration: 0.0, jerk: 1.0}}', ['acceleration', 'positive']),
    ('motion: {hand: {velocity: 0.5}}', ['acceleration', 'missing']),
    ('reach: {seeds: 2.5}', ['seeds', 'whole number']),
    ('- a list', ['mapping']),
])
def test_what_is_wrong_in_a_file_is_named(tmp_path, text, words):
    path = tmp_path / 'kinematics.yaml'
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        KinematicsSettings.load(path)
    assert all(word in str(caught.value) for word in [*words, str(path)])


def test_every_number_has_a_description_and_lies_in_its_range(settings):
    for name, value, about, (low, high) in settings.numbers():
        assert about, name
        assert low <= value <= high, name


def test_numbers_can_be_replaced_by_name(settings):
    changed = settings.with_numbers({'motion.hand.velocity': 0.2, 'reach.seeds': 3})
    assert changed.motion.hand.velocity == 0.2 and changed.reach.seeds == 3
    assert changed.motion.hand.jerk == settings.motion.hand.jerk and changed.costs == settings.costs
    with pytest.raises(ValueError, match='margin'):
        settings.with_numbers({'joints.margin': 7.0})
