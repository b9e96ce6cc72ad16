# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pinocchio as pin
import pytest

from humanoid_perception.errors import BoardNotSeenError, CoveredCameraError
from humanoid_perception.pose_estimate import rotation_error
from humanoid_perception.tags.board_layout import BoardLayout
from humanoid_perception.tags.board_pose import BoardPoseSolver
from humanoid_perception.tags.station_localiser import StationLocaliser
from humanoid_perception.tags.tag_detector import TagDetector

HALF = np.array([0.08, 0.17])


def board_image(board, camera, pose: pin.SE3, half_turn: bool = False, hide: int = 0) -> np.ndarray:
    """Picture (h, w) uint8 of the board at `pose` in the optical frame, on grey; tags drawn by OpenCV or turned."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    side = 192
    pitch = board.tag_size / side
    drawing = np.full(np.rint(2 * HALF / pitch).astype(int), 255, np.uint8)
    for identity, centre in board.tags.items():
        row, column = np.rint((HALF - centre) / pitch - side / 2).astype(int)
        tag = cv2.aruco.generateImageMarker(dictionary, identity, side, borderBits=1)
        drawing[row : row + side, column : column + side] = tag[::-1, ::-1] if half_turn else tag
    if hide:
        drawing[:, : drawing.shape[1] * hide // 4] = 255
    rows, columns = drawing.shape
    corners = np.array([[HALF[0], HALF[1], 0], [HALF[0], -HALF[1], 0], [-HALF[0], -HALF[1], 0], [-HALF[0], HALF[1], 0]])
    pixels = camera.project(corners @ pose.rotation.T + pose.translation)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]]) - 0.5
    # drawn four times as fine, so that edges are smooth
    scale = np.array([[4.0, 0, 1.5], [0, 4.0, 1.5], [0, 0, 1.0]])
    size = (4 * camera.width, 4 * camera.height)
    transform = scale @ cv2.getPerspectiveTransform(source.astype(np.float32), pixels.astype(np.float32))
    fine = cv2.warpPerspective(drawing, transform, size, borderValue=110, flags=cv2.INTER_AREA)
    return cv2.resize(fine, (camera.width, camera.height), interpolation=cv2.INTER_AREA)


def board_pose(tilt: float = 0.5, distance: float = 0.7) -> pin.SE3:
    """Station frame in the optical frame of a camera that looks at it from above its near side, tilted by `tilt`."""
    looking_down = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    return pin.SE3(pin.exp3(np.array([-tilt, 0.03, 0.05])) @ looking_down, np.array([0.02, 0.01, distance]))


@pytest.fixture
def solver(station) -> BoardPoseSolver:
    return BoardPoseSolver(BoardLayout(station.board))


@pytest.mark.parametrize('half_turn', [False, True], ids=['drawn by OpenCV', 'drawn by AprilTag'])
def test_board_is_found_whichever_way_its_tags_are_printed(station, camera, solver, half_turn):
    true = board_pose()
    sighting = solver.solve(TagDetector().detect(board_image(station.board, camera, true, half_turn)), camera)
    assert sighting.tag_ids == (0, 1, 2, 3)
    assert np.linalg.norm(sighting.estimate.pose.translation - true.translation) < 5e-4
    assert np.linalg.norm(rotation_error(sighting.estimate.pose.rotation, true.rotation)) < np.radians(0.15)


def test_covariance_tells_the_spread_of_noisy_corners(station, camera, solver):
    true, rng = board_pose(), np.random.default_rng(0)
    layout = BoardLayout(station.board)
    exact = {i: camera.project(layout.corners(i) @ true.rotation.T + true.translation) for i in layout.tag_ids}
    distances = []
    for _ in range(80):
        corners = {i: c + 0.15 * rng.standard_normal(c.shape) for i, c in exact.items()}
        estimate = solver.solve(corners, camera).estimate
        error = np.concatenate(
            [
                estimate.pose.translation - true.translation,
                rotation_error(estimate.pose.rotation, true.rotation),
            ]
        )
        distances.append(error @ np.linalg.solve(estimate.covariance, error))
    assert 3.5 < np.mean(distances) < 7.0  # chi-square with 6 degrees of freedom, noise is assumed at least 0.15 px


def test_one_tag_is_too_few(station, camera, solver):
    corners = TagDetector().detect(board_image(station.board, camera, board_pose()))
    with pytest.raises(BoardNotSeenError, match=r'1 of the tags \[0, 1, 2, 3\] seen.*turn the camera'):
        solver.solve({0: corners[0]}, camera)
    with pytest.raises(BoardNotSeenError, match='0 of the tags'):
        solver.solve({}, camera)


def test_half_covered_board_is_still_found(station, camera, solver):
    true = board_pose()
    sighting = solver.solve(TagDetector().detect(board_image(station.board, camera, true, hide=2)), camera)
    assert len(sighting.tag_ids) == 2
    assert np.linalg.norm(sighting.estimate.pose.translation - true.translation) < 2e-3


def test_tags_of_another_size_do_not_fit(station, camera):
    solver = BoardPoseSolver(BoardLayout(replace(station.board, tag_size=0.06)))
    with pytest.raises(BoardNotSeenError, match='do not fit the board.*tag_size'):
        solver.solve(TagDetector().detect(board_image(station.board, camera, board_pose())), camera)


def test_far_and_frontal_board_with_two_poses_is_refused(station, camera, solver):
    true = board_pose(tilt=0.12, distance=6.0)
    layout, rng = BoardLayout(station.board), np.random.default_rng(1)
    refused = 0
    for _ in range(20):
        corners = {i: camera.project(layout.corners(i) @ true.rotation.T + true.translation) for i in (0, 2)}
        corners = {i: c + 0.3 * rng.standard_normal(c.shape) for i, c in corners.items()}
        try:
            turn = rotation_error(solver.solve(corners, camera).estimate.pose.rotation, true.rotation)
            assert np.linalg.norm(turn) < 0.2
        except BoardNotSeenError as error:
            refused += 'two poses' in str(error)
    assert refused > 0


def test_localiser_gives_the_station_in_odom(scene, localiser_settings):
    localiser = StationLocaliser(scene.station.board, localiser_settings)
    assert localiser.station is None
    truth = scene.truth()
    for image in range(3):
        frame = scene.frame()
        localiser.update(frame.colour, scene.camera, frame.camera_pose, 0.5 * image)
    assert np.linalg.norm(localiser.station.pose.translation - truth.station.translation) < 0.0015
    turn = rotation_error(localiser.station.pose.rotation, truth.station.rotation)
    assert np.linalg.norm(turn) < np.radians(0.3)


def test_covered_camera_leaves_the_estimate_alone(scene, localiser_settings):
    localiser = StationLocaliser(scene.station.board, localiser_settings)
    frame = scene.frame()
    localiser.update(frame.colour, scene.camera, frame.camera_pose, 0.0)
    before = localiser.station
    with pytest.raises(CoveredCameraError):
        localiser.update(np.zeros_like(frame.colour), scene.camera, frame.camera_pose, 1.0)
    assert localiser.station.pose.isApprox(before.pose) and localiser.stamp == 0.0


def test_tags_of_another_board_leave_the_estimate_alone(scene, localiser_settings):
    board = scene.station.board
    other = StationLocaliser(replace(board, tags={tag + 4: place for tag, place in board.tags.items()}), localiser_settings)
    frame = scene.frame()
    corners = other.detect(frame.colour, scene.camera)
    assert set(corners) == set(board.tags)
    with pytest.raises(BoardNotSeenError, match=r'0 of the tags \[4, 5, 6, 7\] seen'):
        other.take(corners, scene.camera, frame.camera_pose, 0.0)
    assert other.station is None


def test_localiser_that_forgets_believes_the_next_image_alone(scene, localiser_settings):
    localiser = StationLocaliser(scene.station.board, localiser_settings)
    frame = scene.frame()
    for image in range(3):
        localiser.update(frame.colour, scene.camera, frame.camera_pose, 0.5 * image)
    # the odometry drifted: not far enough to be an outlier
    drifted = pin.SE3(np.eye(3), np.array([0.0015, 0.0, 0.0])) * frame.camera_pose
    localiser.forget()
    assert localiser.station is None
    sighting = localiser.update(frame.colour, scene.camera, drifted, 2.0)
    assert localiser.station.pose.isApprox(drifted * sighting.estimate.pose, 1e-9)
