# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_perception.camera_model import CameraModel
from humanoid_perception.errors import CameraInfoError, ImageFormatError

LENS = [-0.28, 0.07, 0.0002, 1.8e-05, 0.0]


@given(st.floats(-0.4, 0.4), st.floats(-0.3, 0.3), st.floats(0.2, 5.0))
def test_rays_lead_through_what_was_projected(x, y, depth):
    camera = CameraModel(640, 480, np.array([[500.0, 0, 319.5], [0, 510.0, 239.5], [0, 0, 1]]))
    point = depth * np.array([x, y, 1.0])
    ray = camera.rays(camera.project(point[None]))[0]
    assert np.allclose(ray * depth, point, atol=1e-9)


def test_distorted_rays_lead_through_what_was_projected(info):
    camera = CameraModel.from_camera_info(info(d=LENS))
    points = np.array([[0.2, -0.1, 1.0], [-0.3, 0.2, 1.0], [0.0, 0.0, 1.0]])
    assert np.allclose(camera.rays(camera.project(points)), points, atol=1e-5)


def test_rectified_image_is_what_the_pinhole_camera_projects(info):
    camera = CameraModel.from_camera_info(info(d=LENS))
    point = np.array([[0.35, 0.22, 1.0]])
    image = np.zeros((480, 640), np.float32)
    column, row = np.rint(camera.project(point)[0]).astype(int)
    image[row - 3 : row + 4, column - 3 : column + 4] = 1.0
    rows, columns = np.nonzero(camera.rectify(image) > 0.5)
    assert np.hypot(*(np.array([columns.mean(), rows.mean()]) - camera.rectified().project(point)[0])) < 1.0


def test_camera_without_distortion_leaves_images_alone(camera):
    image = np.zeros((480, 640, 3), np.uint8)
    assert camera.rectify(image) is image
    assert camera.rectified() is camera


@pytest.mark.parametrize(
    ('changes', 'names'),
    [
        ({'k': [0.0] * 9}, ['k', 'calibrated']),
        ({'k': [float('nan')] * 9}, ['k', 'finite']),
        ({'k': [500.0, 0, 900.0, 0, 500.0, 239.5, 0, 0, 1]}, ['principal point', '640 x 480']),
        ({'width': 0}, ['width x height']),
        ({'distortion_model': 'equidistant', 'd': [0.0] * 4}, ['distortion_model', 'equidistant']),
        ({'d': [0.0] * 7}, ['d has 7']),
        ({'binning_x': 2}, ['binning']),
    ],
)
def test_unusable_camera_info_is_refused_by_name(info, changes, names):
    with pytest.raises(CameraInfoError) as caught:
        CameraModel.from_camera_info(info(**changes))
    assert all(name in str(caught.value) for name in names)
    assert 'eye' in str(caught.value)


def test_image_of_another_size_is_refused(info):
    camera = CameraModel.from_camera_info(info(d=LENS))
    with pytest.raises(ImageFormatError, match='320 x 240'):
        camera.rectify(np.zeros((240, 320), np.uint8))


def test_changed_calibration_is_noticed(info, camera):
    assert camera.matches(info(d=[])) or camera.matches(info())
    assert not camera.matches(info(k=[501.0, 0, 319.5, 0, 500.0, 239.5, 0, 0, 1]))


def test_projection_agrees_with_opencv(info):
    camera = CameraModel.from_camera_info(info(d=LENS))
    points = np.random.default_rng(0).uniform(-0.3, 0.3, (4, 5, 3)) + (0, 0, 1.0)
    expected = cv2.projectPoints(points.reshape(-1, 3), np.zeros(3), np.zeros(3), camera.matrix, camera.distortion)[0]
    assert np.allclose(camera.project(points), expected.reshape(4, 5, 2))
