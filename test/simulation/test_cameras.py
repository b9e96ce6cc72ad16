# SPDX-License-Identifier: Apache-2.0
"""What the simulated cameras see lies where geometry puts it."""
from __future__ import annotations

import dataclasses

import cv2
import mujoco
import numpy as np
import pytest

from humanoid_control.model.errors import ConfigurationError, ModelError
from humanoid_control.simulation.camera_configuration import CameraConfiguration
from humanoid_control.simulation.image_errors import ImageErrors
from humanoid_control.simulation.offscreen import RenderingError, create_context
from humanoid_control.simulation.picture import render_picture, save_picture
from humanoid_control.simulation.simulated_cameras import SimulatedCameras, intrinsics
from humanoid_control.simulation.stand_in import StandIn
from humanoid_control.simulation.viewer import Viewer

HEAD = 'head_camera'


@pytest.fixture(scope='module')
def stand_in(robot) -> StandIn:
    """Robot that looks down at the bench."""
    stand_in = StandIn(6, {}, robot=robot)
    stand_in.world.data.joint('head_pitch').qpos[0] = 0.45
    mujoco.mj_forward(stand_in.world.model, stand_in.world.data)
    return stand_in


@pytest.fixture(scope='module')
def snapshot(stand_in: StandIn) -> np.ndarray:
    snapshot = np.zeros(stand_in.world.snapshot_size)
    stand_in.world.snapshot(snapshot)
    return snapshot


@pytest.fixture(scope='module')
def cameras(robot):
    cameras = SimulatedCameras(StandIn(6, {}, robot=robot).world, CameraConfiguration.load(), noise=1.0)
    yield cameras
    cameras.close()


@pytest.fixture(scope='module')
def exact_view(robot, snapshot: np.ndarray):
    """What a camera without errors sees."""
    cameras = SimulatedCameras(StandIn(6, {}, robot=robot).world, CameraConfiguration.load(), noise=0.0)
    yield cameras.look(snapshot, [HEAD])[0]
    cameras.close()


@pytest.fixture(scope='module')
def view(cameras: SimulatedCameras, snapshot: np.ndarray):
    return cameras.look(snapshot, [HEAD])[0]


def project(stand_in: StandIn, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (n, 2) and depths (n,) of world points (n, 3) in the head camera."""
    camera = stand_in.world.robot.cameras[HEAD]
    pose = stand_in.truth.body_pose(camera.optical_frame)
    seen = (points - pose[:3, 3]) @ pose[:3, :3]
    focal, cx, cy = intrinsics(camera)
    return focal * seen[:, :2] / seen[:, 2:] + (cx, cy), seen[:, 2]


def board_corners(stand_in: StandIn, tag: int) -> np.ndarray:
    """World points of a tag's corners as OpenCV orders them: upper left first, clockwise in the drawn tag."""
    board = stand_in.world.feeder.station.board
    half = board.tag_size / 2
    x, y = board.tags[tag]
    local = np.array([(x + half, y + half, 0, 1), (x + half, y - half, 0, 1), (x - half, y - half, 0, 1), (x - half, y + half, 0, 1)])
    return (stand_in.truth.station_poses()['nut_station'] @ local.T).T[:, :3]


def tag_errors(stand_in: StandIn, view) -> np.ndarray:
    """Seen minus projected corners [px], (16, 2)."""
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11))
    detector.setDetectorParameters(_refined())
    corners, numbers, _ = detector.detectMarkers(view.colour)
    found = {int(n): c.reshape(4, 2) for n, c in zip(np.ravel(numbers), corners)}
    assert set(found) == set(stand_in.world.feeder.station.board.tags)
    return np.concatenate([pixels - project(stand_in, board_corners(stand_in, tag))[0] for tag, pixels in found.items()])


def test_tags_are_seen_where_the_calibration_projects_them(stand_in: StandIn, exact_view):
    errors = tag_errors(stand_in, exact_view)
    assert np.abs(errors).max() < 1.2
    assert np.abs(errors.mean(axis=0)).max() < 0.15


def test_a_calibration_is_never_quite_right(stand_in: StandIn, view, cameras: SimulatedCameras, robot):
    offset = np.abs(tag_errors(stand_in, view).mean(axis=0)).max()
    assert 0.05 < offset < 2.5
    again = SimulatedCameras(StandIn(6, {}, robot=robot).world, CameraConfiguration.load(), noise=1.0)
    try:
        assert np.array_equal(again.world.model.cam_quat, cameras.world.model.cam_quat)
    finally:
        again.close()


def _refined() -> cv2.aruco.DetectorParameters:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    return parameters


def test_depth_is_the_distance_along_the_optical_axis(stand_in: StandIn, exact_view):
    centre = stand_in.truth.station_poses()['nut_station'][:3, 3]
    pixels, depths = project(stand_in, centre[None])
    column, row = np.rint(pixels[0]).astype(int)
    patch = exact_view.depth[row - 4:row + 5, column - 4:column + 5]
    assert np.nanmean(patch) == pytest.approx(depths[0], abs=0.001)


def test_every_nut_stands_out_of_the_bench_at_its_true_place(stand_in: StandIn, exact_view):
    nuts = np.array([pose[:3, 3] for pose in stand_in.truth.nut_poses().values()])
    rim = nuts + (0.0093, 0, stand_in.world.feeder.station.nut.height / 2)
    pixels, depths = project(stand_in, rim)
    for (column, row), depth in zip(np.rint(pixels).astype(int), depths):
        assert np.nanmin(exact_view.depth[row - 1:row + 2, column - 1:column + 2]) == pytest.approx(depth, abs=0.008)


def test_depth_errors_are_those_of_a_real_camera(cameras: SimulatedCameras, view):
    valid = view.depth[np.isfinite(view.depth)]
    assert 0.001 < np.isnan(view.depth).mean() < 0.2
    millimetres = valid.astype(float) * 1e3
    assert np.abs(millimetres - np.rint(millimetres)).max() < 1e-3
    errors = ImageErrors(CameraConfiguration.load().colour, CameraConfiguration.load().depth, 1.0, np.random.default_rng(1))
    for distance in (0.5, 1.0, 2.0):
        measured = errors.spoil_depth(np.full((100, 200), distance, np.float32))
        assert np.nanstd(measured) == pytest.approx(0.002 * distance ** 2, rel=0.2, abs=2e-4)
    quiet = ImageErrors(CameraConfiguration.load().colour, CameraConfiguration.load().depth, 0.0, np.random.default_rng(1))
    assert np.all(quiet.spoil_depth(np.full((10, 10), 1.0, np.float32)) == 1.0)


def test_depth_out_of_range_is_nothing(cameras: SimulatedCameras):
    errors = ImageErrors(CameraConfiguration.load().colour, CameraConfiguration.load().depth, 0.0, np.random.default_rng(1))
    assert np.all(np.isnan(errors.spoil_depth(np.array([[0.05, 20.0]], np.float32))))


def test_a_covered_camera_sees_black_and_no_depth(cameras: SimulatedCameras, snapshot: np.ndarray):
    cameras.covered = True
    try:
        view = cameras.look(snapshot, [HEAD])[0]
    finally:
        cameras.covered = False
    assert not view.colour.any() and np.isnan(view.depth).all()


def test_each_camera_has_its_own_rate_and_size(cameras: SimulatedCameras, snapshot: np.ndarray):
    views = cameras.look(snapshot, ['l_wrist_camera'])
    assert views[0].colour.shape == (240, 320, 3) and views[0].depth is None
    time = float(snapshot[0])
    assert 'l_wrist_camera' not in cameras.due(time + 0.2)
    assert 'l_wrist_camera' in cameras.due(time + 1 / 3)
    assert 'l_wrist_camera' in cameras.due(time - 1.0)      # a simulator that began anew


def test_the_state_of_another_world_is_refused(cameras: SimulatedCameras, snapshot: np.ndarray):
    with pytest.raises(ModelError, match='same settings'):
        cameras.look(snapshot[:-7], [HEAD])


def test_a_rate_for_an_unknown_camera_is_refused_by_name(stand_in: StandIn):
    configuration = CameraConfiguration.load()
    wrong = dataclasses.replace(configuration, rates={**configuration.rates, 'tail_camera': 3.0})
    with pytest.raises(ConfigurationError, match='tail_camera'):
        SimulatedCameras(stand_in.world, wrong, 1.0)


def test_a_machine_without_opengl_gets_told_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr('ctypes.util.find_library', lambda _: None)
    monkeypatch.delenv('MUJOCO_GL', raising=False)
    with pytest.raises(RenderingError, match='apt install libegl1.*EGL is not installed'):
        create_context(64, 64)


def test_the_picture_for_people_is_written(stand_in: StandIn, tmp_path):
    path = tmp_path / 'station.png'
    save_picture(path, stand_in, width=320, height=240)
    picture = cv2.imread(str(path))
    assert picture.shape == (240, 320, 3) and picture.std() > 20
    with pytest.raises(RenderingError, match='nowhere'):
        save_picture(tmp_path / 'nowhere' / 'x.png', stand_in, width=64, height=48)
    with pytest.raises(RenderingError, match='view'):
        render_picture(stand_in, 'cellar')


def test_a_picture_can_show_another_posture_and_leaves_the_state_alone(stand_in: StandIn):
    before = stand_in.world.data.qpos.copy()
    shown = render_picture(stand_in, width=160, height=120, joints={'l_elbow': -2.0})
    assert np.abs(shown.astype(int) - render_picture(stand_in, width=160, height=120)).max() > 20
    assert np.array_equal(before, stand_in.world.data.qpos)
    with pytest.raises(ModelError, match='l_tentacle'):
        render_picture(stand_in, width=160, height=120, joints={'l_tentacle': 1.0})


def test_a_viewer_without_a_display_says_so(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch):
    for name in ('DISPLAY', 'WAYLAND_DISPLAY'):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RenderingError, match='no display'):
        Viewer(stand_in.world)
