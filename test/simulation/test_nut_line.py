# SPDX-License-Identifier: Apache-2.0
"""Casting, nuts and their judgement."""
from __future__ import annotations

import dataclasses
import math

import mujoco
import numpy as np
import pytest

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.simulation.stand_in import LineObstructedError, StandIn
from humanoid_control.simulation.station_layout import StationLayout, nut_pattern


def put(stand_in: StandIn, nut: str, pose: np.ndarray) -> None:
    where = stand_in.world.free_qpos(nut)
    where[:3] = pose[:3, 3]
    mujoco.mju_mat2Quat(where[3:], np.ascontiguousarray(pose[:3, :3]).ravel())
    stand_in.world.free_qvel(nut)[:] = 0


def run(stand_in: StandIn, ticks: int) -> None:
    for _ in range(ticks):
        stand_in.step()


def over(pose: np.ndarray, x: float, y: float, z: float) -> np.ndarray:
    lifted = pose.copy()
    lifted[:3, 3] += pose[:3, :3] @ (x, y, z)
    return lifted


def test_a_nut_dropped_over_a_pin_is_seated_and_one_on_the_rim_is_not(make_stand_in):
    stand_in = make_stand_in(4)
    pins = stand_in.truth.pin_poses()
    put(stand_in, 'nut_0', over(pins['left'], 2e-4, 1e-4, 0.025))
    put(stand_in, 'nut_5', over(pins['right'], 0.003, 0, 0.031))
    run(stand_in, 300)
    judgement = stand_in.judge()
    assert judgement['left'].seated and judgement['left'].nut == 'nut_0'
    assert abs(judgement['left'].height_error) < 1e-4
    assert not judgement['right'].seated
    assert judgement['right'].nut == 'nut_5' and judgement['right'].height_error > 0.005


def test_empty_pins_are_not_seated_and_have_no_numbers(make_stand_in):
    judgement = make_stand_in(0).judge()
    assert [seat.seated for seat in judgement.values()] == [False, False]
    assert judgement['left'].as_dict() == {'nut': None, 'dz_mm': None, 'dxy_mm': None, 'tilt_deg': None}


def test_the_next_part_clears_the_pins_and_fills_the_trays_anew(make_stand_in):
    stand_in = make_stand_in(4)
    nuts_before = np.array([p[:3, 3] for p in stand_in.truth.nut_poses().values()])
    pins_before = stand_in.truth.pin_poses()
    put(stand_in, 'nut_0', over(pins_before['left'], 0, 0, 0.009))
    run(stand_in, 100)
    judgement = stand_in.next_part()
    assert judgement['left'].seated and not judgement['right'].seated
    assert stand_in.cycle == 1
    run(stand_in, 100)
    assert not any(seat.nut for seat in stand_in.judge().values())
    poses = stand_in.truth.nut_poses()
    rest = stand_in.world.feeder.bench_height + stand_in.world.feeder.station.nut.height / 2
    for pose in poses.values():
        assert pose[2, 3] == pytest.approx(rest, abs=1e-4)
        assert pose[2, 2] > 0.9999
    assert np.abs(nuts_before - np.array([p[:3, 3] for p in poses.values()])).max() > 1e-4
    assert np.abs(stand_in.truth.pin_poses()['left'] - pins_before['left']).max() > 1e-5


def test_nuts_at_rest_fall_asleep_and_cost_nothing(make_stand_in):
    stand_in = make_stand_in(0)
    run(stand_in, 50)
    assert stand_in.world.data.ntree_awake == 1


def test_the_gripper_holds_a_nut_by_friction_and_the_line_waits_for_it(make_stand_in, make_controller):
    stand_in = make_stand_in(1)
    controller = make_controller(stand_in)
    left = controller.grippers[0]
    controller.target[left] = 0.0121
    controller.run(150)
    grasp = stand_in.truth.body_pose(stand_in.world.robot.arms['l'].gripper)
    turned = grasp.copy()
    turned[:3, :3] = grasp[:3, :3] @ np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]])   # a flat towards each finger
    put(stand_in, 'nut_1', turned)
    controller.target[left] = 0.0
    controller.run(750)
    assert stand_in.low_state()[0][left] == pytest.approx(0.012, abs=4e-4)
    grasp = stand_in.truth.body_pose(stand_in.world.robot.arms['l'].gripper)
    assert np.linalg.norm(stand_in.truth.nut_poses()['nut_1'][:3, 3] - grasp[:3, 3]) < 0.008
    with pytest.raises(LineObstructedError, match='nut_1 is held by l_finger'):
        stand_in.next_part()
    assert stand_in.cycle == 0


def test_layouts_stay_within_their_bounds(robot):
    stand_in = StandIn(0, {}, robot=robot)
    settings, station = stand_in.configuration.world, stand_in.world.feeder.station
    for cycle in range(50):
        layout = StationLayout.draw(settings, station, cycle)
        assert np.all(np.abs(layout.robot) <= (0.02, 0.02, 0.035))
        for side in ('left', 'right'):
            x, y = station.fixture.pins[side]
            cosine, sine = math.cos(layout.casting[2]), math.sin(layout.casting[2])
            moved = (cosine * x - sine * y + layout.casting[0], sine * x + cosine * y + layout.casting[1])
            assert math.dist(moved, (x, y)) < 0.0045 * math.sqrt(2)
        places = layout.nuts[:, :2]
        for tray, nuts in zip(station.trays.values(), np.split(places, 2)):
            assert np.all(np.abs(nuts - tray.centre) < np.array(tray.size) / 2 - 0.0138)
            distances = np.linalg.norm(nuts[:, None] - nuts, axis=2)[np.triu_indices(len(nuts), 1)]
            assert distances.min() >= 0.0499


def test_layout_depends_on_seed_and_cycle_only(robot):
    stand_in = StandIn(7, {}, robot=robot)
    settings, station = stand_in.configuration.world, stand_in.world.feeder.station
    first, again, other = (StationLayout.draw(settings, station, c) for c in (3, 3, 4))
    assert np.array_equal(first.nuts, again.nuts) and first.casting == again.casting
    assert not np.array_equal(first.nuts, other.nuts)
    assert first.robot == other.robot


def test_the_pattern_is_centred_and_even():
    assert nut_pattern(0, 0.05).shape == (0, 2)
    pattern = nut_pattern(4, 0.05)
    np.testing.assert_allclose(pattern.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.abs(pattern), 0.025)


def test_too_many_nuts_for_a_tray_are_refused_by_name(make_stand_in):
    with pytest.raises(ConfigurationError, match="tray 'left'.*nuts_per_tray"):
        make_stand_in(0, nuts_per_tray=9)


def test_empty_trays_are_a_world_too(make_stand_in):
    stand_in = make_stand_in(0, nuts_per_tray=0)
    run(stand_in, 5)
    assert stand_in.truth.nut_poses() == {}
    assert not stand_in.judge()['left'].seated


def test_another_bench_height_lifts_everything_on_it(make_stand_in):
    stand_in = make_stand_in(0, bench_height=0.94)
    run(stand_in, 100)
    assert stand_in.truth.pin_poses()['left'][2, 3] == pytest.approx(0.97, abs=1e-9)
    assert stand_in.truth.station_poses()['nut_station'][2, 3] == pytest.approx(0.942, abs=1e-9)
    assert stand_in.truth.nut_poses()['nut_0'][2, 3] == pytest.approx(0.949, abs=1e-4)


def test_a_tag_that_does_not_exist_is_refused_by_number(robot):
    station = StationConfiguration.load()
    board = dataclasses.replace(station.board, tags={**station.board.tags, 9999: (0.0, 0.0)})
    with pytest.raises(ConfigurationError, match='9999'):
        StandIn(0, {}, robot=robot, station=dataclasses.replace(station, board=board))


def test_without_a_station_there_is_nothing_to_judge(make_stand_in):
    stand_in = make_stand_in(0, with_station=False)
    run(stand_in, 5)
    with pytest.raises(ConfigurationError, match='no station'):
        stand_in.judge()
