# SPDX-License-Identifier: Apache-2.0
"""Footsteps through aisles, around crates, and the reasons why there are none."""
from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from humanoid_control.model import SiteLayout, share_path
from humanoid_control.walking.errors import NoPathError
from humanoid_control.walking.floor_map import FloorMap, FloorMapDescription
from humanoid_control.walking.footstep_planner import FootstepPlanner
from humanoid_control.walking.pose2 import Pose2, wrap
from humanoid_control.walking.walking_settings import WalkingSettings

OUTLINE = ((-1.0, -1.5), (6.0, -1.5), (6.0, 3.0), (-1.0, 3.0))
AISLE = {'left shelf': ((0.8, 0.45), (4.0, 0.45), (4.0, 1.2), (0.8, 1.2)),
         'right shelf': ((0.8, -1.2), (4.0, -1.2), (4.0, -0.45), (0.8, -0.45)),
         'left wall': ((0.8, 1.2), (1.0, 1.2), (1.0, 3.0), (0.8, 3.0)),
         'right wall': ((0.8, -1.5), (1.0, -1.5), (1.0, -1.2), (0.8, -1.2))}
START = Pose2(0.0, 0.0, 0.0)


def floor(obstacles: dict) -> FloorMap:
    return FloorMap.from_description(FloorMapDescription('map', 0.04, OUTLINE, obstacles))


@pytest.fixture(scope='module')
def settings() -> WalkingSettings:
    return WalkingSettings.load_file()


@pytest.fixture(scope='module')
def planner(settings: WalkingSettings) -> FootstepPlanner:
    return FootstepPlanner(settings.footsteps, settings.shape(loaded=False))


def place_after(planner: FootstepPlanner, footsteps, start: Pose2 = START) -> Pose2:
    """Middle between the feet after the steps, which must alternate and stay within the reach of the legs."""
    soles = list(planner.feet_at(start))
    for previous, step in zip([None, *footsteps], footsteps):
        assert previous is None or previous.foot != step.foot
        new = Pose2(step.x, step.y, step.yaw)
        reach = soles[1 - step.foot].relative(new)
        assert abs(reach.x) < 0.26
        assert 0.12 < (1 if step.foot == 0 else -1) * reach.y < 0.32
        assert abs(reach.yaw) < 0.27
        soles[step.foot] = new
    return soles[0].middle(soles[1])


@pytest.mark.parametrize('goal', [Pose2(0.5, 0.0, 0.0), Pose2(-0.4, 0.3, 3.0), Pose2(0.0, -0.6, 0.0), Pose2(5.0, 2.0, -1.57)])
def test_footsteps_end_exactly_at_the_goal(planner: FootstepPlanner, goal: Pose2) -> None:
    footsteps = planner.plan(floor({}), planner.feet_at(START), goal)
    end = place_after(planner, footsteps)
    assert end.distance(goal) < 1e-9
    assert abs(wrap(end.yaw - goal.yaw)) < 1e-9


def test_way_leads_through_an_aisle_of_90_cm_without_touching_it(planner: FootstepPlanner) -> None:
    aisle = floor(AISLE)
    goal = Pose2(5.0, 0.5, 1.57)
    footsteps = planner.plan(aisle, planner.feet_at(START), goal)
    assert place_after(planner, footsteps).distance(goal) < 1e-9
    assert planner.is_blocked(aisle, planner.feet_at(START), footsteps) is None
    assert all(abs(step.y) < 0.45 for step in footsteps if 1.0 < step.x < 3.8)
    assert len(footsteps) < 45


def test_aisle_that_is_too_narrow_is_named_with_its_width_and_place(planner: FootstepPlanner) -> None:
    narrow = {name: tuple((x, math.copysign(abs(y) - 0.23 if abs(y) == 0.45 else abs(y), y)) for x, y in corners)
              for name, corners in AISLE.items()}
    with pytest.raises(NoPathError, match=r'widest way to the goal is 0\.[34]\d m wide at \(.*the robot needs 0\.74 m'):
        planner.plan(floor(narrow), planner.feet_at(START), Pose2(5.0, 0.0, 0.0))


def test_load_needs_more_room_to_turn_than_the_body_alone(settings: WalkingSettings, planner: FootstepPlanner) -> None:
    loaded = FootstepPlanner(settings.footsteps, settings.shape(loaded=True))
    crate = floor({'crate': ((0.55, -0.3), (0.8, -0.3), (0.8, 0.3), (0.55, 0.3))})
    goal = Pose2(0.2, 0.0, 0.0)
    assert planner.plan(crate, planner.feet_at(START), goal)
    with pytest.raises(NoPathError, match='at the goal .* would run into crate'):
        loaded.plan(crate, planner.feet_at(START), goal)


def test_crate_in_the_way_is_walked_around(planner: FootstepPlanner) -> None:
    crate = floor({'crate': ((1.0, -0.4), (1.5, -0.4), (1.5, 0.4), (1.0, 0.4))})
    goal = Pose2(2.6, 0.0, 0.0)
    straight = planner.plan(floor({}), planner.feet_at(START), goal)
    around = planner.plan(crate, planner.feet_at(START), goal)
    assert planner.is_blocked(crate, planner.feet_at(START), straight) == 'crate'
    assert planner.is_blocked(crate, planner.feet_at(START), around) is None
    assert place_after(planner, around).distance(goal) < 1e-9


@pytest.mark.parametrize('x', [0.0, 0.013, -0.021, 0.034])
def test_nothing_is_in_the_way_of_a_plan_that_was_just_made(planner: FootstepPlanner, x: float) -> None:
    site = SiteLayout.load(share_path('config', 'layouts', 'two_stations.yaml'))
    stations = FloorMap.of_site(site)
    feet = planner.feet_at(Pose2(x, 0.0, 0.02))
    assert planner.is_blocked(stations, feet, planner.plan(stations, feet, stations.places['nut_fixture'])) is None


@pytest.mark.parametrize(('goal', 'reason'), [
    (Pose2(2.0, 0.8, 0.0), 'the goal at .* lies in left shelf'),
    (Pose2(2.0, 0.3, 0.0), 'at the goal .* would run into left shelf'),
    (Pose2(9.0, 0.0, 0.0), 'the goal at .* lies in the edge of the floor'),
    (Pose2(math.nan, 0.0, 0.0), 'the goal is not a finite pose')])
def test_hopeless_goal_is_refused_with_its_reason(planner: FootstepPlanner, goal: Pose2, reason: str) -> None:
    with pytest.raises(NoPathError, match=reason):
        planner.plan(floor(AISLE), planner.feet_at(START), goal)


def test_goal_that_is_reached_needs_no_steps(planner: FootstepPlanner) -> None:
    assert planner.plan(floor({}), planner.feet_at(START), START) == []


def test_next_foot_is_respected(planner: FootstepPlanner) -> None:
    for foot in (0, 1):
        assert planner.plan(floor({}), planner.feet_at(START), Pose2(1.0, 0.0, 0.0), next_foot=foot)[0].foot == foot


def test_robot_that_overlaps_an_obstacle_may_step_out_of_it(planner: FootstepPlanner) -> None:
    close = floor({'bench': ((0.12, -0.5), (0.5, -0.5), (0.5, 0.5), (0.12, 0.5))})
    goal = Pose2(-0.5, 0.0, 0.0)
    footsteps = planner.plan(close, planner.feet_at(START), goal)
    assert place_after(planner, footsteps).distance(goal) < 1e-9
    assert planner.is_blocked(close, planner.feet_at(START), footsteps) is None


def test_feet_that_come_down_a_little_beside_their_plan_are_no_reason_to_stop(settings: WalkingSettings, planner: FootstepPlanner) -> None:
    strict = FootstepPlanner(replace(settings.footsteps, slack=0.0), planner.body)
    wall = floor({'wall': ((0.5, 0.45), (1.5, 0.45), (1.5, 0.6), (0.5, 0.6))})
    plan = planner.plan(floor({}), planner.feet_at(START), Pose2(2.0, 0.0, 0.0))

    def in_the_way(checked: FootstepPlanner, off: float) -> str | None:
        return checked.is_blocked(wall, planner.feet_at(START), [replace(step, y=step.y + off) for step in plan])

    touching = next(off for off in np.arange(0.0, 0.2, 0.005) if in_the_way(strict, off))
    assert in_the_way(planner, touching + 0.01) is None
    assert in_the_way(planner, touching + settings.footsteps.slack + 0.01) == 'wall'


def test_seen_obstacles_block_and_are_named(planner: FootstepPlanner) -> None:
    points = np.stack(np.meshgrid(np.linspace(1.0, 1.1, 5), np.linspace(-0.2, 0.2, 20)), axis=-1).reshape(-1, 2)
    seen = floor({}).with_obstacles(points)
    footsteps = planner.plan(floor({}), planner.feet_at(START), Pose2(2.0, 0.0, 0.0))
    assert planner.is_blocked(seen, planner.feet_at(START), footsteps) == 'an obstacle that the cameras see'
