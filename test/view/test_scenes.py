# SPDX-License-Identifier: Apache-2.0
"""What is put into the browser's scene, seen from the server's side."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
import viser
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.model import ModelError, StationConfiguration, load_urdf, share_path
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety import Balance, RobotSample
from humanoid_control.view.balance_scene import BalanceScene
from humanoid_control.view.part_sighting import PartSighting
from humanoid_control.view.parts_scene import PartsScene, hexagonal_prism
from humanoid_control.view.robot_scene import RobotScene
from humanoid_control.view.rotation import quaternion
from humanoid_control.view.station_scene import StationScene


@pytest.fixture(scope='module')
def scene():
    with contextlib.redirect_stdout(io.StringIO()):
        server = viser.ViserServer(host='127.0.0.1', port=0, verbose=False)
    yield server.scene
    with contextlib.redirect_stdout(io.StringIO()):
        server.stop()


@pytest.fixture(scope='module')
def tree() -> LinkTree:
    return LinkTree(load_urdf(share_path('urdf', 'humanoid.urdf.xacro')))


def pose_in_scene(scene: viser.SceneApi, tree: LinkTree, link: str) -> np.ndarray:
    """Pose (4, 4) of a link as the browser composes it from its nested frames."""
    pose, path = np.eye(4), '/robot'
    chain = []
    while link != tree.root:
        chain.append(link)
        link = next(j.parent for j in tree.joints.values() if j.child == link)
    for name in ('', *reversed(chain)):
        path = f'{path}/{name}' if name else path
        handle = scene.get_handle_by_name(path)
        local = np.eye(4)
        local[:3, :3] = viser.transforms.SO3(handle.wxyz).as_matrix()
        local[:3, 3] = handle.position
        pose = pose @ local
    return pose


def test_links_are_where_the_kinematics_say(scene, tree):
    robot = RobotScene(scene, tree)
    rng = np.random.default_rng(0)
    base = np.eye(4)
    base[:3, 3] = (0.3, -0.2, 0.8)
    for _ in range(3):
        sample = RobotSample(base=base, position={name: rng.uniform(-0.5, 0.5) for name in tree.movable})
        robot.show(sample)
        poses = tree.poses(sample.position, base)
        for link in ('l_foot', 'r_gripper', 'head', 'l_finger_outer'):
            np.testing.assert_allclose(pose_in_scene(scene, tree, link), poses[tree.index(link)], atol=1e-6)
    assert robot.undrawn == []


def test_a_joint_that_is_not_a_number_stays_where_it_was(scene, tree):
    robot = RobotScene(scene, tree)
    robot.show(RobotSample(base=np.eye(4), position={'l_elbow': -0.5}))
    robot.show(RobotSample(base=np.eye(4), position={'l_elbow': float('nan')}))
    path = (
        '/robot/waist_yaw_link/waist_roll_link/torso/l_shoulder_pitch_link/l_shoulder_roll_link/l_upper_arm/l_forearm'
    )
    np.testing.assert_allclose(scene.get_handle_by_name(path).wxyz, (np.cos(0.25), 0, -np.sin(0.25), 0), atol=1e-9)


def test_a_missing_mesh_is_named_and_the_rest_drawn(scene):
    urdf = """<robot name="r"><link name="a"><inertial><mass value="1"/></inertial>
        <visual><geometry><mesh filename="/nowhere/arm.stl"/></geometry></visual>
        <visual><geometry><sphere radius="0.1"/></geometry></visual></link></robot>"""
    robot = RobotScene(scene, LinkTree(urdf))
    assert robot.undrawn == ['/nowhere/arm.stl']
    assert scene.get_handle_by_name('/robot/visual_1') is not None


def test_balance_is_shown_and_hidden(scene):
    balance = BalanceScene(scene)
    square = np.array([(0.1, 0.1, 0), (-0.1, 0.1, 0), (-0.1, -0.1, 0), (0.1, -0.1, 0)])
    balance.show(Balance({}, {}, square, np.array((0, 0, 0.8)), np.zeros(3), np.array((0.02, 0, 0)), 0.1, 0.08, 0.14))
    assert scene.get_handle_by_name('/balance/centre_of_pressure').visible
    assert scene.get_handle_by_name('/balance/support_polygon').points.shape == (4, 2, 3)
    balance.show(None)
    assert not scene.get_handle_by_name('/balance/centre_of_pressure').visible
    assert scene.get_handle_by_name('/balance/support_polygon') is None


def test_parts_come_and_go(scene):
    parts = PartsScene(scene, StationConfiguration.load())
    parts.show([PartSighting('nut', 'nut_1', 0.9, np.eye(4)), PartSighting('pin', 'left_pin', 0.8, np.eye(4))])
    assert scene.get_handle_by_name('/parts/nut_1') and scene.get_handle_by_name('/parts/left_pin/rod')
    parts.show(
        [PartSighting('pin', 'left_pin', 0.8, np.eye(4)), PartSighting('nut', 'bad', 0.8, np.full((4, 4), np.nan))]
    )
    assert scene.get_handle_by_name('/parts/nut_1') is None and scene.get_handle_by_name('/parts/bad') is None
    assert scene.get_handle_by_name('/parts/left_pin') is not None


def test_the_station_appears_where_it_was_found(scene):
    station = StationScene(scene, StationConfiguration.load())
    station.show(None)
    assert not scene.get_handle_by_name('/station').visible
    pose = np.eye(4)
    pose[:3, 3] = (0.5, 0.0, 0.9)
    station.show(PartSighting('station', 'nut_station', 1.0, pose))
    handle = scene.get_handle_by_name('/station')
    assert handle.visible and handle.position[2] == pytest.approx(0.9)


def test_the_prism_is_a_closed_nut():
    vertices, faces = hexagonal_prism(0.024, 0.018)
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    assert np.all(np.unique(edges, axis=0, return_counts=True)[1] == 2)
    assert np.ptp(vertices[:, 0]) == pytest.approx(0.024) and np.ptp(vertices[:, 2]) == pytest.approx(0.018)
    volume = np.einsum('ni,ni->', vertices[faces[:, 0]], np.cross(vertices[faces[:, 1]], vertices[faces[:, 2]])) / 6
    assert volume == pytest.approx(np.sqrt(3) / 2 * 0.024**2 * 0.018)


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(lambda q: np.linalg.norm(q) > 0.1))
def test_quaternions_and_matrices_agree(q):
    rotation = viser.transforms.SO3(np.array(q) / np.linalg.norm(q)).as_matrix()
    np.testing.assert_allclose(viser.transforms.SO3(quaternion(rotation)).as_matrix(), rotation, atol=1e-9)


def test_a_robot_without_the_named_sole_is_refused(tree):
    with pytest.raises(ModelError, match='nowhere'):
        tree.index('nowhere')
