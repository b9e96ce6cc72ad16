# SPDX-License-Identifier: Apache-2.0
"""Floor maps: files, cells, bad input; and the map's place under the odometry."""
from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from humanoid_control.model import ConfigurationError, SiteLayout, share_path
from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.floor_map import FREE, SEEN, FloorMap
from humanoid_control.walking.footstep_planner import FootstepPlanner
from humanoid_control.walking.map_alignment import MapAlignment
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.walking_settings import WalkingSettings

GOOD = """
frame: map
resolution: 0.05
outline: [[0, 0], [4, 0], [4, 2], [0, 2]]
obstacles:
  bench: [[1, 0.5], [2, 0.5], [2, 1.0], [1, 1.0]]
places:
  feeder: [0.5, 1.5, 1.57]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / 'floor.yaml'
    path.write_text(text, encoding='utf-8')
    return path


def test_file_becomes_a_grid_with_names_and_places(tmp_path: Path) -> None:
    floor = FloorMap.load(write(tmp_path, GOOD))
    labels = floor.labels_at(np.array([[0.5, 1.5], [1.5, 0.75], [-1.0, 0.0], [9.0, 9.0]]))
    assert [floor.name_of(int(label)) for label in labels] == ['nothing', 'bench', 'the edge of the floor', 'the edge of the floor']
    assert floor.places['feeder'] == Pose2(0.5, 1.5, 1.57)


def test_every_cell_that_an_obstacle_touches_is_occupied(tmp_path: Path) -> None:
    thin = GOOD.replace('[[1, 0.5], [2, 0.5], [2, 1.0], [1, 1.0]]', '[[1, 0.5], [3, 1.5], [3.001, 1.5], [1.001, 0.5]]')
    floor = FloorMap.load(write(tmp_path, thin))
    along = np.linspace([1.0, 0.5], [3.0, 1.5], 500)
    assert (floor.labels_at(along) != FREE).all()


@pytest.mark.parametrize(('change', 'reason'), [
    (('resolution: 0.05', 'resolution: 5'), r'resolution must lie in \[0\.005, 0\.2\] m, got 5'),
    (('resolution: 0.05', ''), "key 'resolution' is missing"),
    (('bench', 'bench\n  bank'), 'floor.yaml'),
    (('[[1, 0.5], [2, 0.5], [2, 1.0], [1, 1.0]]', '[[1, 0.5]]'), 'bench: a polygon needs three corners, got 1'),
    (('[[1, 0.5]', '[[1, a]'), 'expected a finite number'),
    (('frame: map', 'frame: map\ncolour: red'), "unknown key 'colour'"),
    (('outline: [[0, 0], [4, 0]', 'outline: [[0, 0], [40000, 0]'), 'cells of 0.05 m are more than')])
def test_bad_file_is_refused_with_its_reason(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    with pytest.raises((ConfigurationError, WalkingError), match=reason):
        FloorMap.load(write(tmp_path, GOOD.replace(*change)))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='nowhere.yaml: cannot be read'):
        FloorMap.load(tmp_path / 'nowhere.yaml')


def test_seen_points_are_added_and_known_obstacles_keep_their_name(tmp_path: Path) -> None:
    floor = FloorMap.load(write(tmp_path, GOOD)).with_obstacles(np.array([[0.5, 0.5], [1.5, 0.75], [50.0, 0.0]]))
    labels = floor.labels_at(np.array([[0.5, 0.5], [1.5, 0.75]]))
    assert [floor.name_of(int(label)) for label in labels] == [SEEN, 'bench']


def test_map_follows_what_is_known_of_the_robot_and_of_landmarks() -> None:
    alignment = MapAlignment(WalkingSettings.load_file().alignment)
    alignment.place(Pose2(2.0, 1.0, math.pi / 2), Pose2(0.5, 0.0, 0.0))
    assert alignment.from_odom(Pose2(0.5, 0.0, 0.0)) == pytest.approx((2.0, 1.0, math.pi / 2))
    goal = Pose2(3.0, 2.0, 1.0)
    assert alignment.from_odom(alignment.to_odom(goal)) == pytest.approx(goal)
    landmark, seen = Pose2(2.0, 2.0, math.pi / 2), Pose2(1.4, 0.03, 0.02)
    before = alignment.from_odom(seen).distance(landmark)
    for _ in range(30):
        alignment.see(landmark, seen)
    assert alignment.from_odom(seen) == pytest.approx(landmark, abs=1e-3)
    assert before > 0.05


def test_landmark_in_an_impossible_place_is_not_believed() -> None:
    alignment = MapAlignment(WalkingSettings.load_file().alignment)
    with pytest.raises(WalkingError, match=r'seen 3\.00 m and 0 deg off'):
        alignment.see(Pose2(3.0, 0.0, 0.0), Pose2(0.0, 0.0, 0.0))
    with pytest.raises(WalkingError, match='finite'):
        alignment.place(Pose2(math.nan, 0.0, 0.0), Pose2(0.0, 0.0, 0.0))
    assert alignment.odom == Pose2(0.0, 0.0, 0.0)


def test_floor_of_a_site_has_its_benches_racks_work_places_and_landmarks() -> None:
    site = SiteLayout.load(share_path('config', 'layouts', 'two_stations.yaml'))
    floor = FloorMap.of_site(site)
    bench, rack = site.fixture.pose, site.obstacles['rack_left']
    place = floor.places['nut_fixture']
    labels = floor.labels_at(np.array([[bench.x, bench.y], [rack.x, rack.y], [place.x, place.y], [0.0, 0.0]]))
    assert [floor.name_of(int(label)) for label in labels] == ['bench of nut_fixture', 'rack_left', 'nothing', 'nothing']
    assert floor.landmarks['nut_fixture'] == Pose2(bench.x, bench.y, bench.yaw)
    assert floor.frame == site.frame == 'map'


@pytest.mark.parametrize(('start', 'goal'), [('nut_feeder', 'nut_fixture'), ('nut_fixture', 'nut_feeder')])
def test_there_is_a_way_between_the_stations_of_the_site(start: str, goal: str) -> None:
    floor, settings = FloorMap.of_site(SiteLayout.load(share_path('config', 'layouts', 'two_stations.yaml'))), WalkingSettings.load_file()
    planner = FootstepPlanner(settings.footsteps, settings.shape(loaded=False))
    steps = planner.plan(floor, planner.feet_at(floor.places[start]), floor.places[goal])
    left, right = (Pose2(step.x, step.y, step.yaw) for step in sorted(steps[-2:], key=lambda step: step.foot))
    assert left.middle(right).distance(floor.places[goal]) < settings.goal.distance
