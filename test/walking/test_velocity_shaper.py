# SPDX-License-Identifier: Apache-2.0
"""Velocity commands: limits, silence, obstacles, nonsense."""
from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.floor_map import FloorMap, FloorMapDescription
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.velocity_shaper import STILL, VelocityShaper
from humanoid_control.walking.walking_settings import WalkingSettings

SETTINGS = WalkingSettings.load_file()
OUTLINE = ((-2.0, -2.0), (4.0, -2.0), (4.0, 2.0), (-2.0, 2.0))
WALL = FloorMap.from_description(FloorMapDescription(
    'map', 0.04, OUTLINE, {'wall': ((1.0, -1.0), (1.1, -1.0), (1.1, 1.0), (1.0, 1.0))}))


@pytest.fixture
def shaper() -> VelocityShaper:
    return VelocityShaper(SETTINGS.velocity, SETTINGS.shape(loaded=False))


def test_silence_means_standing(shaper: VelocityShaper) -> None:
    assert shaper.velocity(0.0) is None
    shaper.command((0.3, 0.0, 0.0), 1.0)
    assert shaper.velocity(1.4) == (0.3, 0.0, 0.0)
    assert shaper.velocity(1.6) is None


def test_time_that_jumps_back_forgets_the_command(shaper: VelocityShaper) -> None:
    shaper.command((0.3, 0.0, 0.0), 100.0)
    assert shaper.velocity(1.0) is None


def test_zero_means_standing(shaper: VelocityShaper) -> None:
    shaper.command((0.0, 0.0, 0.0), 1.0)
    assert shaper.velocity(1.0) is None


@given(x=st.floats(-10, 10), y=st.floats(-10, 10), turn=st.floats(-10, 10))
def test_commands_stay_within_the_limits_and_keep_their_direction(x: float, y: float, turn: float) -> None:
    shaper = VelocityShaper(SETTINGS.velocity, SETTINGS.shape(loaded=False))
    shaper.command((x, y, turn), 0.0)
    velocity = shaper.velocity(0.1)
    if velocity is None:
        assert max(abs(x), abs(y), abs(turn)) < SETTINGS.velocity.rest
        return
    s = SETTINGS.velocity
    limits = (s.forward if x > 0 else s.backward, s.sideways, s.turn)
    assert math.hypot(*(v / limit for v, limit in zip(velocity, limits))) < 1.0 + 1e-9
    assert velocity[0] * y == pytest.approx(velocity[1] * x, abs=1e-9)


@pytest.mark.parametrize('bad', [math.nan, math.inf])
def test_nonsense_stops_the_robot(shaper: VelocityShaper, bad: float) -> None:
    shaper.command((0.3, 0.0, 0.0), 1.0)
    with pytest.raises(WalkingError, match='finite'):
        shaper.command((bad, 0.0, 0.0), 1.1)
    assert shaper.velocity(1.1) is None


def test_wall_ahead_slows_and_stops(shaper: VelocityShaper) -> None:
    velocity = (0.6, 0.0, 0.0)
    assert shaper.slowed(velocity, Pose2(-1.0, 0.0, 0.0), WALL) == velocity
    assert shaper.obstacle is None
    slow = shaper.slowed(velocity, Pose2(0.3, 0.0, 0.0), WALL)
    assert 0.0 < slow[0] < 0.6
    assert shaper.obstacle == 'wall'
    assert shaper.slowed(velocity, Pose2(0.75, 0.0, 0.0), WALL) == STILL


def test_wall_behind_does_not_hinder(shaper: VelocityShaper) -> None:
    assert shaper.slowed((0.6, 0.0, 0.0), Pose2(1.45, 0.0, 0.0), WALL) == (0.6, 0.0, 0.0)


def test_robot_that_touches_an_obstacle_may_move_away(shaper: VelocityShaper) -> None:
    assert shaper.slowed((-0.3, 0.0, 0.0), Pose2(0.9, 0.0, 0.0), WALL) == (-0.3, 0.0, 0.0)
