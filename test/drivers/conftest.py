# SPDX-License-Identifier: Apache-2.0
"""What several tests of the drivers share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from humanoid_control.drivers.actuator_model import ActuatorModel, load_actuator_models

sys.path.append(str(Path(__file__).parent))  # helper modules, under pytest's importlib mode


@pytest.fixture(scope='session')
def models() -> dict[str, ActuatorModel]:
    """The actuator models of the package."""
    return load_actuator_models()
