# SPDX-License-Identifier: Apache-2.0
"""The common problem of the kinematics benchmark: 200 reachable targets for Talos, and how a solver is timed on them.

Runs in every solver's own environment, so it needs numpy and Pinocchio only. A target is a random posture (arms, torso
and head within 0.6 rad of half-sitting, legs within 0.15 rad) with the left foot kept in place: the poses of both feet
and hands, and the CoM. Reached: 1 mm and 0.5 degrees in every frame, 2 mm in the CoM.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pinocchio as pin

DT = 0.01
LONGEST = 100            # ticks for one target
RUNS = 3
FEET = ('left_sole_link', 'right_sole_link')
HANDS = ('gripper_left_base_link', 'gripper_right_base_link')
COST = {'foot': 10.0, 'hand': 2.0, 'com': 2.0, 'posture': 1e-2}
DAMPING = 1e-6
TOLERANCE = (1e-3, np.deg2rad(0.5), 2e-3)


class Target:
    """Poses by frame name, and the CoM [m]."""

    def __init__(self, frames: dict[str, pin.SE3], com: np.ndarray) -> None:
        self.frames, self.com = frames, com


class TalosProblem:
    """Robot, start posture and targets.

    Attributes:
        urdf: path of the URDF; model: Pinocchio model; start: half-sitting, feet on the ground.
    """

    def __init__(self, robots: Path, count: int, seed: int = 1) -> None:
        """`robots`: folder `robots` of the package example-robot-data."""
        self.urdf = robots / 'talos_data' / 'robots' / 'talos_reduced.urdf'
        self.model = model = pin.buildModelFromUrdf(str(self.urdf), pin.JointModelFreeFlyer())
        pin.loadReferenceConfigurations(model, str(robots / 'talos_data' / 'srdf' / 'talos.srdf'), False)
        self._data = model.createData()
        q = np.array(model.referenceConfigurations['half_sitting'])
        pin.framesForwardKinematics(model, self._data, q)
        q[2] -= min(self._data.oMf[model.getFrameId(foot)].translation[2] for foot in FEET)
        self.start = q
        rng = np.random.default_rng(seed)
        self.targets = [self._draw(rng) for _ in range(count)]

    def error(self, q: np.ndarray, target: Target) -> tuple[float, float, float]:
        """Largest distance [m] and angle [rad] of a frame, distance of the CoM [m]."""
        pin.framesForwardKinematics(self.model, self._data, q)
        offsets = [self._data.oMf[self.model.getFrameId(name)].actInv(pose) for name, pose in target.frames.items()]
        com = pin.centerOfMass(self.model, self._data, q)
        return (max(float(np.linalg.norm(o.translation)) for o in offsets),
                max(float(np.linalg.norm(pin.log3(o.rotation))) for o in offsets), float(np.linalg.norm(com - target.com)))

    def _draw(self, rng: np.random.Generator) -> Target:
        model, data, q = self.model, self._data, self.start.copy()
        foot = model.getFrameId(FEET[0])
        legs = {joint for name in FEET for joint in model.supports[model.frames[model.getFrameId(name)].parentJoint]}
        for joint in range(2, model.njoints):
            index, reach = model.joints[joint].idx_q, 0.15 if joint in legs else 0.6
            low, high = model.lowerPositionLimit[index], model.upperPositionLimit[index]
            inset = 0.02 * (high - low)
            q[index] = np.clip(q[index] + rng.uniform(-reach, reach), low + inset, high - inset)
        pin.framesForwardKinematics(model, data, self.start)
        place = data.oMf[foot].copy()
        pin.framesForwardKinematics(model, data, q)
        q[:7] = pin.SE3ToXYZQUAT(place * data.oMf[foot].inverse() * pin.XYZQUATToSE3(q[:7]))
        pin.framesForwardKinematics(model, data, q)
        frames = {name: data.oMf[model.getFrameId(name)].copy() for name in (*FEET, *HANDS)}
        return Target(frames, pin.centerOfMass(model, data, q).copy())


def time_solver(problem: TalosProblem, solver) -> dict[str, float]:
    """CPU time of `solver.step()` -> q [us], and how many targets were reached in how many ticks [50th percentile].

    `solver.reset(q, target)` comes before each target and isn't timed. The quickest of a few runs counts: a busy machine
    slows whole runs down.
    """
    return min((_run(problem, solver) for _ in range(RUNS)), key=lambda figures: figures['p50_us'])


def _run(problem: TalosProblem, solver) -> dict[str, float]:
    times, ticks = [], []
    for target in problem.targets:
        solver.reset(problem.start, target)
        for tick in range(LONGEST):
            begin = time.thread_time_ns()
            q = solver.step()
            times.append((time.thread_time_ns() - begin) / 1e3)
            if all(e < limit for e, limit in zip(problem.error(q, target), TOLERANCE)):
                ticks.append(tick + 1)
                break
    p50, p99 = np.percentile(times, [50, 99])
    return {'p50_us': round(float(p50), 1), 'p99_us': round(float(p99), 1), 'reached': len(ticks),
            'targets': len(problem.targets), 'ticks': float(np.median(ticks)) if ticks else float('nan')}


def report(figures: dict[str, float]) -> None:
    """Hand the figures of a peer over to the process that started it."""
    print(json.dumps(figures))
