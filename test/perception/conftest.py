# SPDX-License-Identifier: Apache-2.0
"""Shared rigs: cameras, boards and the simulated station."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pinocchio as pin
import pytest

from bench.perception_scene import StationScene
from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.nodes.configurations import PartDetectorConfiguration, StationLocaliserConfiguration


def camera_info(**changes) -> SimpleNamespace:
    """Fields of a sensor_msgs/CameraInfo of a 640 x 480 camera."""
    fields = {
        'header': SimpleNamespace(frame_id='eye'),
        'width': 640,
        'height': 480,
        'distortion_model': 'plumb_bob',
        'd': [0.0] * 5,
        'k': [500.0, 0.0, 319.5, 0.0, 500.0, 239.5, 0.0, 0.0, 1.0],
        'binning_x': 0,
        'binning_y': 0,
        'roi': SimpleNamespace(x_offset=0, y_offset=0),
    }
    return SimpleNamespace(**{**fields, **changes})


@pytest.fixture(scope='session')
def info():
    """Maker of CameraInfo fields, with changes by keyword."""
    return camera_info


@pytest.fixture(scope='session')
def camera() -> CameraModel:
    return CameraModel.from_camera_info(camera_info())


@pytest.fixture(scope='session')
def station() -> StationConfiguration:
    return StationConfiguration.load()


@pytest.fixture(scope='session')
def localiser_settings():
    return load(StationLocaliserConfiguration, share_path('config', 'station_localiser.yaml')).localiser


@pytest.fixture(scope='session')
def detector_configuration() -> PartDetectorConfiguration:
    return load(PartDetectorConfiguration, share_path('config', 'part_detector.yaml'))


@pytest.fixture(scope='session')
def scene_of_session():
    scene = StationScene(seed=1)
    yield scene
    scene.close()


@pytest.fixture
def scene(scene_of_session: StationScene) -> StationScene:
    """The simulated station, freshly arranged."""
    scene_of_session.arrange(0)
    return scene_of_session


@pytest.fixture(scope='session')
def looking_down() -> pin.SE3:
    """Optical frame 0.6 m above the origin of the station frame, looking straight down, rows along -x."""
    return pin.SE3(np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]]), np.array([0.0, 0.0, 0.6]))
