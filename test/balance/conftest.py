# SPDX-License-Identifier: Apache-2.0
"""Shared robot model; makes the helper modules of this folder importable under pytest's importlib mode."""
from __future__ import annotations

import sys
from pathlib import Path

import pytest

from humanoid_control.model import RobotModel

sys.path.append(str(Path(__file__).parent))
from balance_rig import BalanceRig  # noqa: E402


@pytest.fixture(scope='session')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.fixture
def rig(robot: RobotModel) -> BalanceRig:
    """A robot that has stood for half a second."""
    rig = BalanceRig(robot, seed=1)
    rig.run(0.5)
    assert rig.stands()
    return rig
