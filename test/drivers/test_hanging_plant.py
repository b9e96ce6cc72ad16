# SPDX-License-Identifier: Apache-2.0
"""The hanging robot: it comes to rest, keeps its limits, and its drives hold it."""

from __future__ import annotations

import numpy as np

from bench.emulated_bench import ROBOT
from humanoid_control.drivers.emulation.hanging_plant import HangingPlant

N = len(ROBOT.actuated_names)


def run(plant: HangingPlant, seconds: float) -> None:
    for _ in range(round(seconds / 0.002)):
        plant.step()


def test_a_limp_robot_comes_to_rest_within_its_limits():
    plant = HangingPlant(ROBOT)
    plant.position[ROBOT.actuated_names.index('l_shoulder_pitch')] = -1.0
    run(plant, 8.0)
    before = plant.position.copy()
    run(plant, 1.0)
    for name, position in zip(ROBOT.actuated_names, plant.position):
        lower, upper = ROBOT.position_limits_of(name)
        assert lower <= position <= upper, name
    assert np.abs(plant.position - before).max() < 0.05
    assert abs(plant.position[ROBOT.actuated_names.index('waist_pitch')]) < 0.2  # strapped


def test_stiff_drives_hold_a_posture_against_gravity():
    plant = HangingPlant(ROBOT)
    target = np.clip(
        np.array([ROBOT.configuration.stand_posture.get(name, 0.0) for name in ROBOT.actuated_names]),
        *np.array([ROBOT.position_limits_of(name) for name in ROBOT.actuated_names]).T,
    )
    limit = np.array([ROBOT.effort_limit_of(name) for name in ROBOT.actuated_names])
    kp, kd = 12 * limit, 0.15 * limit
    plant.drive(kp * target, kp, kd, limit)
    run(plant, 2.0)
    assert np.abs(plant.position - target).max() < 0.05
    assert np.all(np.abs(plant.effort) <= limit * 1.01)
