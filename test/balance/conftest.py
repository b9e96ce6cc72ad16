# SPDX-License-Identifier: Apache-2.0
"""Shared robot model; makes the helper modules of this folder importable under pytest's importlib mode."""
from __future__ import annotations

import sys
from pathlib import Path

import pytest

from humanoid_control.model import RobotModel

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(scope='session')
def robot() -> RobotModel:
    return RobotModel.default()
