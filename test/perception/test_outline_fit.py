# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_perception.parts.height_map import HeightMap
from humanoid_perception.parts.level_fit import fit_level
from humanoid_perception.parts.nut_outline import NutOutline
from humanoid_perception.parts.outline_fit import OutlineFitter
from humanoid_perception.parts.pin_outline import PinOutline
from humanoid_perception.parts.station_view import StationView

EYE = np.array([-0.2, 0.1, 0.6])


def models(station):
    return {'nut': NutOutline(station.nut, 0.007), 'pin': PinOutline(station.fixture, 0.0058, 0.028)}


@pytest.mark.parametrize('part', ['nut', 'pin'])
def test_outline_derivatives_agree_with_differences(station, part):
    model = models(station)[part]
    start = np.array([[0.02, -0.03, 0.3]])[:, : 3 if part == 'nut' else 2]
    outline = model.outline(start, EYE)
    for k in range(start.shape[1]):
        step = np.zeros_like(start)
        step[0, k] = 1e-6
        after, before = (model.outline(start + s, EYE).points for s in (step, -step))
        # the pin's silhouette slides round the pin with the camera's direction: micrometres over a pin's travel
        assert np.allclose((after - before) / 2e-6, outline.derivatives[..., k], atol=1e-6 if part == 'nut' else 0.06)


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.5, 0.5), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_nut_outline_looks_the_same_every_sixth_of_a_turn(yaw, x, y):
    model = NutOutline(StationConfiguration.load().nut, 0.007)
    first, second = (model.outline(np.array([[x, y, yaw + turn]]), EYE) for turn in (0.0, np.pi / 3))
    for outline, other in ((first, second), (second, first)):
        shown = outline.points[outline.weights > 0]
        distance = np.linalg.norm(shown[:, None] - other.points[other.weights > 0][None], axis=-1).min(axis=1)
        rim = np.abs(shown[:, 2] - 0.016) < 1e-9  # the bore's samples don't repeat every sixth
        assert np.all(distance[~rim] < 1e-9)


def test_hidden_sides_of_a_nut_are_left_out(station):
    outline = models(station)['nut'].outline(np.array([[0.0, 0.0, 0.0]]), np.array([-0.4, 0.0, 0.4]))
    low = outline.points[0][(outline.points[0, :, 2] < -0.001)]
    weights = outline.weights[0][(outline.points[0, :, 2] < -0.001)]
    assert np.all(weights[low[:, 0] < -0.008] == 1.0)
    assert np.all(weights[low[:, 0] > 0.008] == 0.0)


def test_outline_fit_finds_a_drawn_nut_from_two_millimetres_and_five_degrees_off(station, camera, looking_down):
    true = np.array([[0.03, -0.02, 0.2]])
    image = np.full((camera.height, camera.width, 3), 60, np.uint8)
    inner = 0.5 * station.nut.across_flats
    angles = true[0, 2] + np.pi / 6 + np.arange(6) * np.pi / 3
    corners = true[0, :2] + inner / np.cos(np.pi / 6) * np.column_stack([np.cos(angles), np.sin(angles)])
    view = StationView(image, camera, looking_down)
    pixels = camera.project(view.local(np.column_stack([corners, np.full(6, 0.016)])))
    cv2.fillPoly(image, [np.rint(pixels * 16).astype(np.int32)], (190, 180, 140), cv2.LINE_AA, 4)
    image = cv2.GaussianBlur(image, (0, 0), 0.8)
    model = NutOutline(station.nut, 0.007)
    start = true + (0.0015, -0.0013, np.radians(5.0))
    fit = OutlineFitter(StationView(image, camera, looking_down), model).fit(
        start, np.array([0.003, 0.003, 0.15]), (3.0, 2.0, 2.0, 1.5, 1.5, 1.5)
    )
    assert np.hypot(*(fit.parameters - true)[0, :2]) < 5e-4  # 0.4 px; drawn without bevel
    assert abs(fit.parameters[0, 2] - true[0, 2]) < np.radians(1.5)
    assert np.all(np.linalg.eigvalsh(fit.covariance[0]) > 0)


def test_outline_fit_on_an_empty_image_stays_and_has_no_support(station, camera, looking_down):
    image = np.full((camera.height, camera.width, 3), 90, np.uint8)
    start = np.array([[0.0, 0.0, 0.1]])
    fitter = OutlineFitter(StationView(image, camera, looking_down), NutOutline(station.nut, 0.007))
    fit = fitter.fit(start, np.array([0.003, 0.003, 0.15]), (2.0, 1.5))
    assert np.allclose(fit.parameters, start, atol=1e-6)
    assert fit.support[0] < 0.01


def test_level_is_found_below_what_stands_on_it():
    rng = np.random.default_rng(0)
    xy = rng.uniform(-0.07, 0.07, (6000, 2))
    z = 0.0012 + 0.004 * xy[:, 0] + 0.0015 * rng.standard_normal(len(xy))
    z[:1500] += 0.018
    level = fit_level(np.column_stack([xy, z]), np.zeros(2), 0.0)
    assert abs(level.coefficients[0] - 0.0012) < 2e-4
    assert abs(level.coefficients[1] - 0.004) < 2e-3
    assert level.covariance[0, 0] < 1e-8


def test_level_without_points_is_that_of_the_drawing():
    level = fit_level(np.empty((0, 3)), np.array([0.1, 0.2]), 0.03, nominal_deviation=0.002)
    assert np.isclose(level.height(np.array([0.3, 0.3])), 0.03)
    assert np.isclose(level.covariance[0, 0], 0.002**2)


def test_discs_are_found_beside_a_hidden_half():
    rng = np.random.default_rng(0)
    points = rng.uniform(-0.06, 0.06, (9000, 2))
    centre = np.array([0.011, -0.006])
    on = np.hypot(*(points - centre).T) < 0.016
    hidden = points[:, 0] > centre[0] + 0.006
    shown = ~hidden
    found = HeightMap(points[shown], on[shown], np.full(2, -0.06), np.full(2, 0.06)).discs(0.0, 0.016, 0.4)
    assert len(found) == 1
    assert np.hypot(*(found[0] - centre)) < 0.005


def test_no_disc_on_a_plain_surface():
    points = np.random.default_rng(0).uniform(-0.06, 0.06, (9000, 2))
    for at_height in (np.zeros(9000, bool), np.ones(9000, bool)):
        assert not len(HeightMap(points, at_height, np.full(2, -0.06), np.full(2, 0.06)).discs(0.0, 0.016, 0.55))
