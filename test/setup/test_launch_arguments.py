# SPDX-License-Identifier: Apache-2.0
"""Launch arguments are read, or refused by name."""
from __future__ import annotations

import pytest
from launch import LaunchContext

from humanoid_control.launch_arguments import place
from humanoid_control.model.errors import ConfigurationError


def context(value: str) -> LaunchContext:
    """Launch with crate:=VALUE."""
    given = LaunchContext()
    given.launch_configurations['crate'] = value
    return given


@pytest.mark.parametrize(('text', 'value'), [('', None), ('-2 0.5', [-2.0, 0.5]), (' 1.5   2e-1 ', [1.5, 0.2])])
def test_a_place_is_two_numbers_or_nothing(text: str, value: list[float] | None) -> None:
    assert place(context(text), 'crate') == value


@pytest.mark.parametrize('text', ['1', '1 2 3', '1, 2', 'here', 'nan 1', '1 inf'])
def test_a_place_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigurationError, match="launch argument crate:='.*': expected two numbers"):
        place(context(text), 'crate')
