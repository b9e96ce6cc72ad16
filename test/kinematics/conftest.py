# SPDX-License-Identifier: Apache-2.0
"""What the tests of the kinematics share."""
from __future__ import annotations

import pytest

from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.model import RobotModel


@pytest.fixture(scope='session')
def robot() -> RobotModel:
    """The package's own humanoid; not to be changed."""
    return RobotModel.default()


@pytest.fixture(scope='session')
def settings() -> KinematicsSettings:
    """The package's own settings."""
    return KinematicsSettings.load()
