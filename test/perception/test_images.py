# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pinocchio as pin
import pytest

from humanoid_perception.errors import CoveredCameraError, DepthError, ImageFormatError
from humanoid_perception.image_check import check_colour, check_depth
from humanoid_perception.image_decoding import decode_colour, decode_depth
from humanoid_perception.rgbd_frame import RgbdFrame


def picture(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.repeat(np.repeat(rng.integers(40, 200, (24, 32, 3)), 20, 0), 20, 1).astype(np.uint8)


def message(array: np.ndarray, encoding: str, **changes) -> SimpleNamespace:
    height, width = array.shape[:2]
    data = array.tobytes()
    fields = {'height': height, 'width': width, 'step': len(data) // height, 'encoding': encoding, 'is_bigendian': 0}
    return SimpleNamespace(**{**fields, 'data': data, **changes})


def test_lit_picture_passes(camera):
    check_colour(picture(), camera)


@pytest.mark.parametrize('noise', [0.0, 5.0])
def test_black_picture_is_a_covered_camera(camera, noise):
    dark = np.clip(np.random.default_rng(0).normal(3, noise, (480, 640, 3)), 0, 255).astype(np.uint8)
    with pytest.raises(CoveredCameraError, match='black.*uncover the lens'):
        check_colour(dark, camera)


def test_uniform_picture_is_a_covered_camera(camera):
    grey = np.clip(np.random.default_rng(0).normal(90, 5, (480, 640, 3)), 0, 255).astype(np.uint8)
    with pytest.raises(CoveredCameraError, match='uniform'):
        check_colour(grey, camera)


def test_picture_of_wrong_size_or_type_is_refused(camera):
    with pytest.raises(ImageFormatError, match='320 x 480.*640 x 480'):
        check_colour(picture()[:, :320], camera)
    with pytest.raises(ImageFormatError, match='float64'):
        check_colour(picture().astype(float), camera)


def test_depth_without_returns_is_refused(camera):
    depth = np.full((480, 640), np.nan, np.float32)
    with pytest.raises(DepthError, match='only 0 %'):
        check_depth(depth, camera)
    depth[:] = 0.0
    with pytest.raises(DepthError, match='only 0 %'):
        check_depth(depth, camera)
    with pytest.raises(ImageFormatError, match='float64'):
        check_depth(np.ones((480, 640)), camera)


def test_frame_gives_points_in_the_optical_frame(camera):
    depth = np.full((480, 640), 0.8, np.float32)
    depth[100, 200] = 0.0
    frame = RgbdFrame(picture(), depth, camera, pin.SE3.Identity())
    points = frame.points(slice(95, 105), slice(190, 210))
    assert np.isnan(points[5, 10, 2])
    expected = 0.8 * camera.rays(np.array([[191.0, 97.0]]))[0]
    assert np.allclose(points[2, 1], expected, atol=1e-6)


def test_rgb_bgr_mono_and_padded_rows_are_read():
    rgb = picture()[:6, 100:107]
    assert np.array_equal(decode_colour(message(rgb, 'rgb8'), 'eye'), rgb)
    assert np.array_equal(decode_colour(message(rgb[..., ::-1].copy(), 'bgr8'), 'eye'), rgb)
    assert np.array_equal(decode_colour(message(rgb[..., 0].copy(), 'mono8'), 'eye')[..., 1], rgb[..., 0])
    padded = np.zeros((6, 32), np.uint8)
    padded[:, :21] = rgb.reshape(6, 21)
    image = message(padded, 'rgb8', width=7, step=32)
    assert np.array_equal(decode_colour(image, 'eye'), rgb)


def test_depth_in_metres_and_millimetres_is_read():
    metres = np.array([[0.5, np.nan], [1.25, 2.0]], np.float32)
    assert np.array_equal(decode_depth(message(metres, '32FC1'), 'eye'), metres, equal_nan=True)
    millimetres = np.array([[500, 0], [1250, 2000]], np.uint16)
    assert np.allclose(decode_depth(message(millimetres, '16UC1'), 'eye'), [[0.5, 0], [1.25, 2.0]])
    big = message(metres.astype('>f4'), '32FC1', is_bigendian=1)
    assert np.array_equal(decode_depth(big, 'eye'), metres, equal_nan=True)


def test_unknown_encoding_and_short_data_are_refused_by_topic():
    with pytest.raises(ImageFormatError, match='eye: encoding is .yuv422.'):
        decode_colour(message(picture(), 'yuv422'), 'eye')
    with pytest.raises(ImageFormatError, match='eye: encoding is .rgb8.'):
        decode_depth(message(picture(), 'rgb8'), 'eye')
    with pytest.raises(ImageFormatError, match='too few'):
        decode_colour(message(picture(), 'rgb8', data=b'12'), 'eye')
