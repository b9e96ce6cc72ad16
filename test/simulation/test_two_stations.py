# SPDX-License-Identifier: Apache-2.0
"""A world with a feeder here and a fixture there: what lies where, and what the line says of hands in its way."""
from __future__ import annotations

import mujoco
import numpy as np
import pytest

from humanoid_control.model import SiteLayout, share_path
from humanoid_control.simulation.stand_in import StandIn


@pytest.fixture(scope='module')
def site() -> SiteLayout:
    return SiteLayout.load(share_path('config', 'layouts', 'two_stations.yaml'))


@pytest.fixture
def stand_in(robot, site) -> StandIn:
    return StandIn(5, {}, robot=robot, site=site)


def local(frame: np.ndarray, pose: np.ndarray) -> np.ndarray:
    return (np.linalg.inv(frame) @ pose)[:3, 3]


def test_nuts_lie_in_the_trays_of_the_feeder_and_pins_stand_at_the_fixture(stand_in, site):
    frames = stand_in.truth.station_poses()
    trays = site.feeder.station.trays
    for name, pose in stand_in.truth.nut_poses().items():
        place = local(frames['nut_feeder'], pose)
        side = 'left' if place[1] > 0 else 'right'
        assert np.all(np.abs(place[:2] - trays[side].centre) < np.array(trays[side].size) / 2), name
    for side, pose in stand_in.truth.pin_poses().items():
        assert np.hypot(*(local(frames['nut_fixture'], pose)[:2] - site.fixture.station.fixture.pins[side])) < 0.01
    assert frames['nut_fixture'][:3, 3] == pytest.approx((site.fixture.pose.x, site.fixture.pose.y, site.fixture.pose.z))
    assert not any(judgement.seated for judgement in stand_in.judge().values())


def test_a_nut_that_is_put_onto_a_pin_of_the_far_station_is_judged_there(stand_in, site):
    pin, height = stand_in.truth.pin_poses()['right'], site.fixture.station.nut.height
    stand_in.world.free_qpos('nut_2')[:3] = pin[:3, 3] + (0.0, 0.0, height / 2)
    judged = stand_in.judge()
    assert judged['right'].seated and judged['right'].nut == 'nut_2'
    assert not judged['left'].seated


def test_racks_stand_where_the_layout_has_them(stand_in, site):
    model = stand_in.world.model
    for name, obstacle in site.obstacles.items():
        geom = model.geom(name)
        assert geom.pos[:2] == pytest.approx((obstacle.x, obstacle.y))
        assert 2 * geom.size == pytest.approx((*obstacle.size, obstacle.height))
        assert geom.contype[0] != 0


@pytest.mark.parametrize(('station', 'place', 'words'), [
    ('nut_feeder', (-0.14, 0.30, 0.03), 'over the left tray'), ('nut_fixture', (-0.14, -0.14, 0.05), 'at the right pin'),
    ('nut_feeder', (-0.14, 0.14, 0.03), None), ('nut_fixture', (-0.14, 0.30, 0.03), None)])
def test_a_hand_is_in_the_way_only_where_its_station_is_served(stand_in, station, place, words):
    world, hand = stand_in.world, stand_in.world.robot.arms['l'].gripper
    target = (stand_in.truth.station_poses()[station] @ (*place, 1.0))[:3]
    # the whole robot is carried, so that its left hand is there and touches nothing
    root = world.data.qpos[world.root_qpos:world.root_qpos + 3]
    root += target - world.body_pose(hand)[0]
    mujoco.mj_kinematics(world.model, world.data)
    world.data.ncon = 0
    assert (stand_in.line.obstruction() or None) == (f'{hand} is {words}' if words else None)
