# SPDX-License-Identifier: Apache-2.0
"""Python twin of c/whole_body.c: the same optimum from the full inverse-dynamics problem.

Where the C code eliminates leg accelerations and one wrench, this twin keeps all accelerations and both sole wrenches
as variables and states the eliminated relations as equality constraints, with rigid-body terms from Pinocchio. Both
must find the same accelerations and torques; an error in the elimination cannot hide in both.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.balance.balance_configuration import BalanceConfiguration
from humanoid_control.balance.native_structs import Tasks
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.optimization import DenseQp

RIDGE = 1e-6
KNEE = 3
STANCE = 0
_AXES = pin.LOCAL_WORLD_ALIGNED


@dataclass(frozen=True)
class TwinResult:
    """Accelerations (nv,), torques (nv - 6,) and sole wrenches (2, 6) in sole axes."""

    acceleration: np.ndarray
    torque: np.ndarray
    wrench: np.ndarray


class WholeBodyTwin:
    """Full problem: variables are all accelerations, then the wrench of each standing foot."""

    def __init__(self, robot: RobotModel, gains: BalanceConfiguration):
        self.robot, self.gains = robot, gains
        self._model, self._data = robot.model, robot.model.createData()
        configuration = robot.configuration
        self._damping = np.array([configuration.joints[name].damping for name in robot.joint_names])
        self._legs = [robot.v_indices(configuration.legs[s].joints) for s in SIDES]
        self._soles = [robot.frame_id(configuration.legs[s].sole) for s in SIDES]
        self._hands = [robot.frame_id(configuration.arms[s].gripper) for s in SIDES]
        self._torso = robot.frame_id(configuration.frames.torso)
        self._waist = robot.v_indices(configuration.waist)
        self._arms = np.concatenate([robot.v_indices(configuration.arms[s].joints) for s in SIDES])
        known = np.concatenate([*self._legs, self._waist, self._arms])
        self._others = np.setdiff1d(np.arange(6, self._model.nv), known)

    def solve(self, q: np.ndarray, v: np.ndarray, tasks: Tasks) -> TwinResult:
        """Optimum for a state and the accelerations asked for; QpError when there is none."""
        self._update(q, v)
        feet = [k for k in range(2) if tasks.foot_mode[k] == STANCE]
        nv, n = self._model.nv, self._model.nv + 6 * len(feet)
        transpose = np.zeros((nv, 6 * len(feet)))          # sole wrenches -> generalised forces
        for column, k in enumerate(feet):
            rotation = self._data.oMf[self._soles[k]].rotation
            transpose[:, 6 * column:6 * column + 6] = self._jacobian(self._soles[k]).T @ np.kron(np.eye(2), rotation)
        hessian, gradient = self._cost(tasks, n, feet)
        e, target = self._equalities(tasks, n, transpose, feet)
        c, lower, upper = self._inequalities(q, v, tasks, n, transpose, feet)
        x = DenseQp(n, len(c)).solve(hessian, gradient, e, target, c, lower, upper).x
        torque = (self._mass @ x[:nv] + self._bias - transpose @ x[nv:])[6:]
        wrench = np.zeros((2, 6))
        wrench[feet] = x[nv:].reshape(-1, 6)
        return TwinResult(x[:nv], torque, wrench)

    def _update(self, q: np.ndarray, v: np.ndarray) -> None:
        model, data, still = self._model, self._data, np.zeros(self._model.nv)
        pin.forwardKinematics(model, data, q, v, still)
        pin.updateFramePlacements(model, data)
        pin.computeJointJacobians(model, data, q)
        mass = pin.crba(model, data, q)
        self._mass = np.triu(mass) + np.triu(mass, 1).T
        self._bias = pin.nonLinearEffects(model, data, q, v).copy()
        self._bias[6:] += self._damping * v[6:]
        self._momentum_drift = pin.computeCentroidalMomentumTimeVariation(model, data, q, v, still).vector.copy()
        self._momentum_matrix = pin.ccrba(model, data, q, v).copy()
        pin.forwardKinematics(model, data, q, v, still)
        pin.updateFramePlacements(model, data)

    def _jacobian(self, frame: int) -> np.ndarray:
        return pin.getFrameJacobian(self._model, self._data, frame, _AXES)

    def _drift(self, frame: int) -> np.ndarray:
        return pin.getFrameClassicalAcceleration(self._model, self._data, frame, _AXES).vector

    def _cost(self, tasks: Tasks, n: int, feet: list[int]) -> tuple[np.ndarray, np.ndarray]:
        g, nv = self.gains, self._model.nv
        hessian, gradient = np.zeros((n, n)), np.zeros(n)

        def add(rows: np.ndarray, target: np.ndarray, weight: float) -> None:
            hessian[:nv, :nv] += weight * rows.T @ rows
            gradient[:nv] -= weight * rows.T @ target
        mass = self.robot.mass
        add(self._momentum_matrix[:3] / mass, np.array(tasks.com) - self._momentum_drift[:3] / mass, g['weight.com'])
        add(self._momentum_matrix[3:], np.array(tasks.momentum) - self._momentum_drift[3:], g['weight.momentum'])
        base = np.zeros((3, nv))
        base[:, 3:6] = self._data.oMi[1].rotation
        add(base, np.array(tasks.pelvis), g['weight.pelvis'])
        add(self._jacobian(self._torso)[3:], np.array(tasks.torso) - self._drift(self._torso)[3:], g['weight.torso'])
        for h, frame in enumerate(self._hands):
            rows, target = self._jacobian(frame), np.array(tasks.hand[h]) - self._drift(frame)
            add(rows[:3], target[:3], g['weight.hand_position'])
            add(rows[3:], target[3:], g['weight.hand_rotation'])
        identity = np.eye(nv)
        posture = np.concatenate([np.zeros(6), np.array(tasks.joint)[:nv - 6]])
        add(identity[self._waist], posture[self._waist], g['weight.waist_posture'])
        add(identity[self._arms], posture[self._arms], g['weight.arm_posture'])
        legs = np.concatenate(self._legs)
        add(identity[legs], np.zeros(len(legs)), g['weight.leg_acceleration'])
        ridge = np.concatenate([np.arange(6), self._waist, self._arms])
        add(identity[ridge], np.zeros(len(ridge)), RIDGE)
        for k in range(2):
            if k not in feet:
                foot, target = self._jacobian(self._soles[k]), np.array(tasks.foot[k]) - self._drift(self._soles[k])
                add(foot, target, g['weight.swing'] + RIDGE)
        force = [g[f'weight.{name}'] for name in ('tangential_force', 'tangential_force', 'normal_force', 'roll_moment',
                                                  'pitch_moment', 'yaw_moment')]
        hessian[np.arange(nv, n), np.arange(nv, n)] += np.tile(force, len(feet))
        # the other joints' accelerations are given; a unit curvature changes nothing and keeps the problem convex
        hessian[self._others, self._others] += 1.0
        return hessian, gradient

    def _equalities(self, tasks: Tasks, n: int, transpose: np.ndarray,
                    feet: list[int]) -> tuple[np.ndarray, np.ndarray]:
        nv = self._model.nv
        rows, targets = [np.hstack([self._mass[:6], -transpose[:6]])], [-self._bias[:6]]
        for k in feet:
            rows.append(np.hstack([self._jacobian(self._soles[k]), np.zeros((6, n - nv))]))
            targets.append(np.array(tasks.foot[k]) - self._drift(self._soles[k]))
        rows.append(np.eye(nv, n)[self._others])
        targets.append(np.array(tasks.joint)[self._others - 6])
        return np.vstack(rows), np.concatenate(targets)

    def _inequalities(self, q: np.ndarray, v: np.ndarray, tasks: Tasks, n: int, transpose: np.ndarray,
                      feet: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        g, nv, robot = self.gains, self._model.nv, self.robot
        sole = robot.configuration.sole
        friction = g['contact.friction'] / np.sqrt(2)
        ratios = {0: friction, 1: friction, 3: sole.half_width - g['contact.edge_margin'],
                  4: sole.half_length - g['contact.edge_margin'], 5: friction * g['contact.twist_radius']}
        rows, lower, upper = [], [], []
        for column, k in enumerate(feet):
            start = nv + 6 * column
            for component, ratio in ratios.items():
                for sign in (1, -1):
                    row = np.zeros(n)
                    row[start + component], row[start + 2] = sign, -ratio
                    rows.append(row), lower.append(-np.inf), upper.append(0.0)
            rows.append(np.eye(1, n, start + 2)[0])
            lower.append(g['contact.minimum_force'])
            upper.append(max(tasks.maximum_force[k], 2 * g['contact.minimum_force']))
        limited = np.concatenate([*self._legs, self._waist, self._arms])
        rows.extend(np.hstack([self._mass, -transpose])[limited])
        limit = g['limit.torque_share'] * robot.effort_limit[limited - 6]
        lower.extend(-limit - self._bias[limited])
        upper.extend(limit - self._bias[limited])
        low, high = robot.lower + g['limit.position_margin'], robot.upper - g['limit.position_margin']
        for leg in self._legs:
            knee = leg[KNEE] - 6
            low[knee] = max(low[knee], g['limit.knee_minimum'])
        rate, cap = g['limit.approach_rate'], g['limit.acceleration']
        for i in limited:
            angle, speed = q[i + 1], v[i]
            rows.append(np.eye(1, n, i)[0])
            lower.append(min(-2 * rate * speed - rate**2 * (angle - low[i - 6]), cap))
            upper.append(max(-2 * rate * speed + rate**2 * (high[i - 6] - angle), -cap))
        return np.array(rows), np.array(lower), np.array(upper)
