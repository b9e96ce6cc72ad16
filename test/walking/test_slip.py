# SPDX-License-Identifier: Apache-2.0
"""Feet that carry do not slide: slip per step of the simulated robot, by ground truth."""
from __future__ import annotations

import numpy as np
import pytest

from bench.walking_quality import AIM_SLIP
from bench.walking_rig import WalkingRig
from humanoid_control.model import RobotModel


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.mark.parametrize('velocity', [(0.3, 0.0, 0.0), (0.6, 0.0, 0.0), (0.0, 0.2, 0.0), (0.0, 0.0, 0.5)])
def test_feet_slide_less_than_two_millimetres_a_step(robot: RobotModel, velocity) -> None:
    rig = WalkingRig(robot, seed=2)
    assert rig.walk(velocity, 2.0)
    rig.slips.clear()
    assert rig.walk(velocity, 4.0)
    assert len(rig.slips) > 9
    assert 1e3 * np.percentile(rig.slips, 95) < AIM_SLIP
