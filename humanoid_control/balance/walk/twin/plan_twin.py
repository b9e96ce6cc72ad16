# SPDX-License-Identifier: Apache-2.0
"""Twin of c/walk_plan.c: footsteps and the divergent component of motion; foot 0 is the left one."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from humanoid_control.balance.walk.walk_configuration import WalkConfiguration

PREVIEW = 4


class Pose(NamedTuple):
    """x, y [m], yaw [rad]."""

    x: float
    y: float
    yaw: float


class Plan(NamedTuple):
    """walk_plan."""

    step: Pose
    share: float
    offset: np.ndarray
    end: np.ndarray


def wrap(angle: float) -> float:
    """Angle in (-pi, pi]."""
    return angle - 2 * math.pi * math.ceil((angle - math.pi) / (2 * math.pi))


def rotation(yaw: float) -> np.ndarray:
    """Rotation of the plane, (2, 2)."""
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s], [s, c]])


def relative(origin: Pose, pose: Pose) -> Pose:
    """`pose` seen from `origin`."""
    x, y = rotation(origin.yaw).T @ (np.array(pose[:2]) - np.array(origin[:2]))
    return Pose(x, y, wrap(pose.yaw - origin.yaw))


def compose(origin: Pose, seen: Pose) -> Pose:
    """The pose that is `seen` from `origin`."""
    x, y = np.array(origin[:2]) + rotation(origin.yaw) @ np.array(seen[:2])
    return Pose(x, y, wrap(origin.yaw + seen.yaw))


def gait_width(p: WalkConfiguration, velocity: Sequence[float]) -> float:
    """Distance between the feet when walking at `velocity`."""
    return max(p['gait.width'], p['reach.inward'] + 0.01 + abs(velocity[1]) * p['gait.step_time'])


def step_of_velocity(p: WalkConfiguration, velocity: Sequence[float], duration: float, stance: int) -> Pose:
    """walk_step_of_velocity."""
    time = min(duration, p['gait.step_time'])
    half = (1 if stance else -1) * gait_width(p, velocity) / 2
    middle = Pose(0.0, half, velocity[2] * p['gait.step_time'])
    return compose(middle, Pose(velocity[0] * time, half + velocity[1] * time, 0.0))


def make_plan(p: WalkConfiguration, omega: float, stance: int, steps: Sequence[Pose], velocity: Sequence[float]) -> Plan:
    """walk_plan_make: the DCM offset solved as a linear system instead of by backward substitution."""
    time, span = p['gait.step_time'], omega * p['gait.double_support']
    share = -math.expm1(-span) / span
    growth = math.exp(omega * time)
    side = 1 if (stance + PREVIEW) % 2 else -1
    tail = np.array([velocity[0] * time / (growth - 1),
                     side * gait_width(p, velocity) / (growth + 1) + velocity[1] * time / (growth - 1)])
    places = np.array([s[:2] for s in steps])
    # b_i growth - b_(i+1) = share (u_(i+1) - u_i), b_last = tail
    system = growth * np.eye(PREVIEW) - np.eye(PREVIEW, k=1)
    system[-1] = np.eye(PREVIEW)[-1]
    right = np.vstack([share * np.diff(places, axis=0), share * rotation(steps[-1].yaw) @ tail])
    offset = np.linalg.solve(system, right)[0]
    return Plan(steps[0], share, offset, share * places[0] + offset)


def reference(omega: float, end: Sequence[float], start: Sequence[float], time: float, duration: float,
              double_support: float) -> tuple[np.ndarray, np.ndarray]:
    """walk_reference: CoP and DCM, the latter by integrating x' = omega (x - p) backward from touchdown."""
    end, start = np.array(end), np.array(start)
    left = max(duration - time, 0.0)
    if time >= double_support:
        return np.zeros(2), math.exp(-omega * left) * end
    landed = math.exp(-omega * max(duration - double_support, 0.0)) * end
    rest = double_support - time
    slope = -start / double_support
    now = start + slope * time
    # x(t) = p + p'/omega + exp(omega t) c on a ramp of the CoP
    constant = (landed - slope / omega) * math.exp(-omega * rest)
    return now, constant + now + slope / omega


def reference_start(omega: float, end: Sequence[float], dcm: Sequence[float], duration: float,
                    double_support: float) -> np.ndarray:
    """walk_reference_start: the reference at time 0 is linear in where the CoP starts."""
    _, still = reference(omega, end, (0.0, 0.0), 0.0, duration, double_support)
    _, moved = reference(omega, end, (1.0, 1.0), 0.0, duration, double_support)
    return (np.array(dcm) - still) / (moved - still)
