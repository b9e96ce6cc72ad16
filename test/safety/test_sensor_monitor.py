# SPDX-License-Identifier: Apache-2.0
"""When the measured gravity contradicts the estimated upright, and when it only shows that the trunk turns."""

from __future__ import annotations

import numpy as np
import pytest
from standing_robot import GRAVITY

from humanoid_control.safety import RobotSample
from humanoid_control.safety.monitors import SensorMonitor
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import SafetySettings

PERIOD = 0.05  # [s]


def tilted(angle: float) -> np.ndarray:
    """Base (4, 4) that leans forward."""
    base = np.eye(4)
    base[:3, :3] = [
        (np.cos(angle), 0, np.sin(angle)),
        (0, 1, 0),
        (-np.sin(angle), 0, np.cos(angle)),
    ]
    return base


def findings(monitor: SensorMonitor, estimated: list[float], true: list[float]) -> list[str]:
    """What is found while the trunk leans by angles [rad], a value a round."""
    found = []
    for i, (estimate, angle) in enumerate(zip(estimated, true)):
        sample = RobotSample(
            angular_velocity=np.array((0.0, 0.01 * i, 0.0)),
            linear_acceleration=GRAVITY * tilted(angle)[2, :3],
            base=tilted(estimate),
        )
        found += [finding.code for finding in monitor.check(Observation(sample=sample, now=PERIOD * i, wall=PERIOD * i))]
    return found


@pytest.fixture
def monitor() -> SensorMonitor:
    return SensorMonitor(SafetySettings.load().sensors, np.eye(3))


def test_a_trunk_that_leans_quickly_contradicts_nothing(monitor):
    leaning = [0.0] * 10 + [0.25, 0.5] + [0.5] * 10 + [0.0] * 10
    assert findings(monitor, leaning, leaning) == []


def test_an_estimate_that_stays_behind_is_contradicted(monitor):
    assert findings(monitor, [0.0] * 40, [0.0] * 10 + [0.3] * 30)
