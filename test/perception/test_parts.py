# SPDX-License-Identifier: Apache-2.0
"""Nuts, pins and seats in the simulated station."""

from __future__ import annotations

import dataclasses

import mujoco
import numpy as np
import pinocchio as pin
import pytest

from humanoid_perception.parts.part_finder import PartFinder


@pytest.fixture
def finder(station, detector_configuration) -> PartFinder:
    return PartFinder(station, detector_configuration.finder)


def put(scene, name: str, position: np.ndarray, rotation: np.ndarray | None = None) -> None:
    """Put a nut somewhere in the world."""
    pose = scene.world.free_qpos(name)
    pose[:3] = position
    quaternion = pin.Quaternion(np.eye(3) if rotation is None else rotation)
    pose[3:] = [quaternion.w, quaternion.x, quaternion.y, quaternion.z]


def seat_of(scene, side: str) -> np.ndarray:
    return scene.line.pin_poses()[side][:3, 3]


def find(scene, finder, kind: str):
    truth = scene.truth()
    return [d for d in finder.find(scene.frame(), truth.station) if d.kind == kind]


def nearest(detections, position: np.ndarray):
    return min(detections, key=lambda d: np.linalg.norm(d.estimate.pose.translation - position))


def test_every_nut_is_found_once(scene, finder):
    truth, nuts = scene.truth(), find(scene, finder, 'nut')
    assert len(nuts) == len(truth.nuts) and all(finder.accepts(n) for n in nuts)
    for pose in truth.nuts.values():
        assert np.linalg.norm(nearest(nuts, pose.translation).estimate.pose.translation - pose.translation) < 0.003


def test_covariance_of_nuts_is_symmetric_and_of_the_errors_size(scene, finder):
    for nut in find(scene, finder, 'nut'):
        covariance = nut.estimate.covariance
        assert np.allclose(covariance, covariance.T) and np.all(np.linalg.eigvalsh(covariance) > 0)
        deviation = np.sqrt(np.diag(covariance))
        assert np.all(deviation[:3] > 2e-4) and np.all(deviation[:3] < 3e-3)
        assert deviation[5] < np.radians(15)


def test_empty_trays_have_no_nuts(scene, finder):
    for number in range(8):
        put(scene, f'nut_{number}', np.array([3.0, 0.2 * number, 0.01]))
    assert find(scene, finder, 'nut') == []


def test_nut_on_its_side_is_refused(scene, finder):
    place = scene.truth().nuts['nut_0'].translation
    put(scene, 'nut_0', place + (0, 0, 0.003), pin.exp3(np.array([np.pi / 2, 0.0, 0.0])))
    near = [n for n in find(scene, finder, 'nut') if np.hypot(*(n.estimate.pose.translation - place)[:2]) < 0.02]
    assert not any(finder.accepts(n) for n in near)


def test_nut_on_another_nut_is_refused(scene, finder):
    place = scene.truth().nuts['nut_0'].translation
    put(scene, 'nut_1', place + (0, 0, 0.018))
    near = [n for n in find(scene, finder, 'nut') if np.hypot(*(n.estimate.pose.translation - place)[:2]) < 0.02]
    assert not any(finder.accepts(n) for n in near)


def test_touching_nuts_are_refused_for_want_of_room(scene, finder):
    place = scene.truth().nuts['nut_0'].translation
    put(scene, 'nut_1', place + (0.0, 0.0255, 0.0))
    near = [n for n in find(scene, finder, 'nut') if np.hypot(*(n.estimate.pose.translation - place)[:2]) < 0.035]
    assert len(near) == 2
    assert not any(finder.accepts(n) for n in near)
    assert all('from the next, fingers need 40 mm' in n.remark for n in near)


def test_half_covered_nut_scores_less(scene, finder):
    truth = scene.truth()
    place = truth.nuts['nut_0'].translation
    open_score = nearest(find(scene, finder, 'nut'), place).score
    # another nut hangs between camera and nut like a hand
    put(scene, 'nut_5', 0.75 * (place + (-0.004, 0.009, 0.009)) + 0.25 * truth.camera.translation)
    covered = [n for n in find(scene, finder, 'nut') if np.hypot(*(n.estimate.pose.translation - place)[:2]) < 0.02]
    assert all(n.score < 0.75 * open_score for n in covered)


def test_both_pins_are_found_upright(scene, finder):
    truth, pins = scene.truth(), find(scene, finder, 'pin')
    assert sorted(p.name for p in pins) == ['left_pin', 'right_pin']
    for side, true in truth.pins.items():
        pose = next(p for p in pins if p.name == f'{side}_pin').estimate.pose
        assert np.linalg.norm(pose.translation - true.translation) < 0.002
        assert pose.rotation[2, 2] > np.cos(np.radians(0.5))


def test_pin_out_of_its_search_radius_is_not_taken_for_it(scene, finder):
    scene.world.data.mocap_pos[scene.world.casting] += (0.0, 0.12, 0.0)
    assert not any(finder.accepts(p) for p in find(scene, finder, 'pin'))


@pytest.mark.parametrize('raised', [0.0, 0.0035, 0.009])
def test_height_of_a_nut_on_its_pin_is_seen(scene, finder, raised):
    find(scene, finder, 'pin')
    seat = seat_of(scene, 'left')
    put(scene, 'nut_0', seat + (0.0, 0.0, 0.009 + raised))
    (nut,) = find(scene, finder, 'seated_nut')
    assert nut.name == 'left_pin'
    assert abs(nut.estimate.pose.translation[2] - seat[2] - 0.009 - raised) < 0.001
    if raised:
        assert nut.score < 0.4 and 'not flush' in nut.remark
    else:
        assert nut.score > 0.7 and nut.remark == ''
    assert finder.accepts(nut)


def test_tilted_nut_on_its_pin_is_not_flush(scene, finder):
    find(scene, finder, 'pin')
    tilt = pin.exp3(np.array([0.0, 0.2, 0.0]))
    put(scene, 'nut_0', seat_of(scene, 'right') + (0.0, 0.0, 0.012), tilt)
    (nut,) = find(scene, finder, 'seated_nut')
    assert nut.name == 'right_pin' and nut.score < 0.4


def test_pin_below_a_nut_is_not_measured(scene, finder):
    put(scene, 'nut_0', seat_of(scene, 'left') + (0.0, 0.0, 0.009))
    assert [p.name for p in find(scene, finder, 'pin')] == ['right_pin']
    assert [n.name for n in find(scene, finder, 'seated_nut')] == ['left_pin']


def test_bare_pins_carry_no_nut(scene, finder):
    assert find(scene, finder, 'seated_nut') == []


def test_casting_exchanged_for_another_is_seen_where_it_is_now(scene, finder):
    for cycle in range(8):  # each lies up to 4 mm and a degree elsewhere than the last
        scene.line.place(cycle)
        assert [p.name for p in find(scene, finder, 'pin')] == ['left_pin', 'right_pin']
        assert find(scene, finder, 'seated_nut') == []


@pytest.mark.parametrize(('without', 'kinds'), [({'fixture': None}, {'nut'}), ({'trays': {}}, {'pin'})])
def test_a_station_that_has_only_trays_or_only_a_fixture_is_searched_for_that(scene, station, detector_configuration, without, kinds):
    finder = PartFinder(dataclasses.replace(station, **without), detector_configuration.finder)
    found = finder.find(scene.frame(), scene.truth().station)
    assert {part.kind for part in found} == kinds


def test_station_out_of_view_gives_no_parts(scene, finder):
    truth = scene.truth()
    away = truth.station * pin.SE3(np.eye(3), np.array([0.0, 1.5, 0.0]))
    assert finder.find(scene.frame(), away) == []
    mujoco.mj_forward(scene.world.model, scene.world.data)
