# SPDX-License-Identifier: Apache-2.0
"""Refinement from 0.2 m above a part, as a wrist camera sees it."""

from __future__ import annotations

import mujoco
import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.simulation.camera_configuration import CameraConfiguration
from humanoid_control.simulation.camera_renderer import CameraRenderer
from humanoid_control.simulation.image_errors import ImageErrors
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.errors import CoveredCameraError
from humanoid_perception.parts.close_look import CloseLook

WIDTH, HEIGHT = 320, 240


class WristView:
    """Picture of a place from a free camera with the wrist camera's size, and where that camera was."""

    def __init__(self, scene) -> None:
        self.scene = scene
        self.renderer = CameraRenderer(scene.world, WIDTH, HEIGHT)
        angle = np.radians(float(scene.world.model.vis.global_.fovy))
        focal = 0.5 * HEIGHT / np.tan(0.5 * angle)
        matrix = np.array([[focal, 0, 0.5 * (WIDTH - 1)], [0, focal, 0.5 * (HEIGHT - 1)], [0, 0, 1.0]])
        self.camera = CameraModel(WIDTH, HEIGHT, matrix, (), 'wrist')
        errors = CameraConfiguration.load()
        self.errors = ImageErrors(errors.colour, errors.depth, 1.0, np.random.default_rng(0))

    def look(self, place: np.ndarray, azimuth: float, elevation: float, distance: float) -> tuple[np.ndarray, pin.SE3]:
        """Return the picture (h, w, 3) uint8 and the SE3 of the optical frame; angles [deg], distance [m]."""
        world = self.scene.world
        mujoco.mj_forward(world.model, world.data)
        free = mujoco.MjvCamera()
        free.lookat[:], free.azimuth, free.elevation, free.distance = place, azimuth, elevation, distance
        picture, _ = self.renderer.render(free, WIDTH, HEIGHT)
        a, e = np.radians([azimuth, elevation])
        forward = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        right = np.array([np.sin(a), -np.cos(a), 0.0])
        rotation = np.column_stack([right, np.cross(forward, right), forward])
        return self.errors.spoil_colour(picture), pin.SE3(rotation, place - distance * forward)


@pytest.fixture(scope='module')
def wrist(scene_of_session):
    view = WristView(scene_of_session)
    yield view
    view.renderer.close()


@pytest.fixture
def close_look(station, detector_configuration) -> CloseLook:
    return CloseLook(station, detector_configuration.finder.pin_clearance)


def looks(wrist, part: pin.SE3, seed: int):
    """Yield pictures from around with a guess that is up to 2 mm and 4 degrees off."""
    rng = np.random.default_rng(seed)
    for azimuth in range(-60, 61, 15):
        place = part.translation + (*rng.uniform(-0.01, 0.01, 2), 0.0)
        image, pose = wrist.look(place, azimuth, -rng.uniform(60, 80), rng.uniform(0.18, 0.26))
        error = rng.uniform(-1, 1, 3) * (0.0015, 0.0015, np.radians(4))
        guess = pin.SE3(part.rotation @ pin.utils.rotate('z', error[2]), part.translation + (error[0], error[1], 0.0))
        yield image, pose, guess


def test_pin_axis_is_refined_to_a_fraction_of_a_millimetre(scene, wrist, close_look):
    part = scene.truth().pins['left']
    found = [close_look.refine_pin(image, wrist.camera, pose, guess) for image, pose, guess in looks(wrist, part, 1)]
    errors = [1e3 * np.hypot(*(f.pose.translation - part.translation)[:2]) for f in found]
    assert np.median(errors) < 0.3 and np.max(errors) < 0.8


def test_nut_is_refined_to_a_fraction_of_a_millimetre_and_a_degree(scene, wrist, close_look):
    part = scene.truth().nuts['nut_1']
    errors, turns = [], []
    for image, pose, guess in looks(wrist, part, 2):
        found = close_look.refine_nut(image, wrist.camera, pose, guess).pose
        errors.append(1e3 * np.hypot(*(found.translation - part.translation)[:2]))
        turns.append(np.degrees(abs(pin.log3(found.rotation.T @ part.rotation)[2])))
    assert np.median(errors) < 0.3 and np.max(errors) < 0.8
    assert np.median(turns) < 1.0 and np.max(turns) < 2.5


def test_height_is_taken_over_and_said_to_be_uncertain(scene, wrist, close_look):
    part = scene.truth().pins['left']
    image, pose = wrist.look(part.translation, 0.0, -70.0, 0.2)
    found = close_look.refine_pin(image, wrist.camera, pose, part)
    assert np.isclose(found.pose.translation[2], part.translation[2], atol=1e-9)
    assert found.covariance[2, 2] >= 0.001**2
    assert np.all(np.linalg.eigvalsh(found.covariance) > 0)


def test_nothing_is_found_on_the_bare_bench(scene, wrist, close_look):
    edge_of_board = pin.SE3(np.eye(3), np.array([0.62, 0.02, 0.909]))
    image, pose = wrist.look(edge_of_board.translation, 0.0, -70.0, 0.2)
    assert close_look.refine_nut(image, wrist.camera, pose, edge_of_board) is None
    assert close_look.refine_pin(image, wrist.camera, pose, edge_of_board) is None


def test_covered_wrist_camera_is_named(scene, wrist, close_look):
    part = scene.truth().pins['left']
    with pytest.raises(CoveredCameraError, match='wrist: image is black'):
        close_look.refine_pin(np.zeros((HEIGHT, WIDTH, 3), np.uint8), wrist.camera, part, part)
