# SPDX-License-Identifier: Apache-2.0
"""Twin of c/walk_swing.c: the swinging foot on quintics that are planned anew at every tick."""
from __future__ import annotations

import numpy as np

from humanoid_control.balance.walk.twin.plan_twin import Pose, wrap
from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

Z, YAW = 2, 3
FASTEST = 30.0


def quintic_step(state: np.ndarray, target: np.ndarray, time: float, dt: float) -> np.ndarray:
    """walk_quintic_step: (position, velocity, acceleration) after `dt`, by solving for the polynomial's coefficients."""
    t = max(time, dt)
    low = np.array([state[0], state[1], state[2] / 2])
    powers = np.arange(6)
    rows = np.array([t ** powers,
                     powers * t ** np.maximum(powers - 1, 0),
                     powers * (powers - 1) * t ** np.maximum(powers - 2, 0)])
    high = np.linalg.solve(rows[:, 3:], target - rows[:, :3] @ low)
    coefficients = np.concatenate([low, high])
    now = np.array([dt ** powers, powers * dt ** np.maximum(powers - 1, 0),
                    powers * (powers - 1) * dt ** np.maximum(powers - 2, 0)])
    return now @ coefficients


def advance(p: WalkConfiguration, swing: np.ndarray, target: Pose, floor: float, elapsed: float, left: float,
            dt: float) -> np.ndarray:
    """walk_swing_advance: (3, 4) position, velocity, acceleration of x, y, z, yaw after `dt`."""
    new = swing.copy()
    if left <= p['swing.lowering_time']:
        new[1:] = 0.0
        new[1, Z] = -p['swing.lowering_speed']
        new[0, Z] = max(swing[0, Z] - p['swing.lowering_speed'] * dt, floor - p['swing.lowest'])
        return new
    yaw = swing[0, YAW]
    for axis, goal in ((0, target.x), (1, target.y), (YAW, yaw + wrap(target.yaw - yaw))):
        new[:, axis] = quintic_step(swing[:, axis], np.array([goal, 0, 0]), left - p['swing.early_arrival'], dt)
    whole = elapsed + left
    rising = p['swing.apex'] * whole - elapsed
    lift = p['swing.height'] if whole > p['swing.hurried_time'] else p['swing.hurried_height']
    if rising > 0:
        goal, time = (floor + lift, 0.0, -p['swing.apex_acceleration']), rising
    else:
        goal, time = (floor - p['swing.landing_depth'], -p['swing.landing_speed'], 0.0), left
    new[:, Z] = quintic_step(swing[:, Z], np.array(goal), time, dt)
    new[1] = np.clip(new[1], -FASTEST, FASTEST)
    new[2] = np.clip(new[2], -p['swing.acceleration'], p['swing.acceleration'])
    return new
