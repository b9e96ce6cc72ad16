# SPDX-License-Identifier: Apache-2.0
"""Gears and linkages from the motors' side: what joints feel of motors, and motors of joints."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from humanoid_control.drivers.ankle import Ankle
from humanoid_control.drivers.bus_plan import BusPlan, LinkageSettings


class Gearing:
    """Maps between n joints and m motors; written apart from the driver's own mapping so that each checks the other."""

    def __init__(self, plan: BusPlan, joint_names: Sequence[str]):
        motors = list(plan.motors)
        self._joints = np.array([list(joint_names).index(name) for name in plan.joints], dtype=int)
        self._motors = np.array([motors.index(joint.motor) for joint in plan.joints.values()], dtype=int)
        self._ratio = np.array([joint.ratio for joint in plan.joints.values()])
        self._offset = np.array([joint.offset for joint in plan.joints.values()])
        self._pairs = [_Pair(linkage, joint_names, motors) for linkage in plan.linkages.values()]
        self._shape = len(joint_names), len(motors)

    def motors(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> tuple[np.ndarray, ...]:
        """Position, velocity and torque of the motors (m,) from those of the joints (n,)."""
        p, v, t = (np.zeros(self._shape[1]) for _ in range(3))
        p[self._motors] = self._ratio * position[self._joints] + self._offset
        v[self._motors] = self._ratio * velocity[self._joints]
        t[self._motors] = effort[self._joints] / self._ratio
        for pair in self._pairs:
            pair.to_motors(position, velocity, effort, p, v, t)
        return p, v, t

    def law(self, command: np.ndarray, limit: np.ndarray, position: np.ndarray,
            velocity: np.ndarray) -> tuple[np.ndarray, ...]:
        """Control, kp, kd and effort limit (n,) that the joints feel of the motors' commands.

        Args:
            command: position, velocity, torque, kp, kd of the motors as rows (5, m).
            limit: torque limits of the motors (m,) [N m].
            position, velocity: of the joints (n,), where linkages are linearised.
        """
        control, kp, kd, bound = (np.zeros(self._shape[0]) for _ in range(4))
        p, v, t, motor_kp, motor_kd = command[:, self._motors]
        control[self._joints] = self._ratio * (t + motor_kp * (p - self._offset) + motor_kd * v)
        kp[self._joints] = self._ratio**2 * motor_kp
        kd[self._joints] = self._ratio**2 * motor_kd
        bound[self._joints] = np.abs(self._ratio) * limit[self._motors]
        for pair in self._pairs:
            pair.to_joints(command, limit, position, velocity, control, kp, kd, bound)
        return control, kp, kd, bound


class _Pair:
    """One linkage of two joints and two motors."""

    def __init__(self, linkage: LinkageSettings, joint_names: Sequence[str], motors: Sequence[str]):
        self._ankle = Ankle(tuple(crank.rod for crank in linkage.cranks))
        self._joints = [list(joint_names).index(name) for name in linkage.joints]
        self._motors = [motors.index(crank.motor) for crank in linkage.cranks]
        self._ratio = np.array([crank.ratio for crank in linkage.cranks])
        self._offset = np.array([crank.offset for crank in linkage.cranks])

    def to_motors(self, position, velocity, effort, p, v, t) -> None:
        """Write the states of the two motors into the arrays of all."""
        p[self._motors], v[self._motors], geared = self._state(position, velocity)
        t[self._motors] = np.linalg.solve(geared.T, effort[self._joints])

    def to_joints(self, command, limit, position, velocity, control, kp, kd, bound) -> None:
        """Torque as it is now, with the diagonal of the gains left to act at every physics step."""
        p, v, geared = self._state(position, velocity)
        target, rate, torque, motor_kp, motor_kd = command[:, self._motors]
        strength = limit[self._motors]
        torque = np.clip(torque + motor_kp * (target - p) + motor_kd * (rate - v), -strength, strength)
        kp[self._joints] = stiffness = np.diag(geared.T @ (motor_kp[:, None] * geared))
        kd[self._joints] = damping = np.diag(geared.T @ (motor_kd[:, None] * geared))
        control[self._joints] = geared.T @ torque + stiffness * position[self._joints] + damping * velocity[self._joints]
        bound[self._joints] = np.abs(geared.T) @ strength

    def _state(self, position: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Position and velocity of the motors (2,), and the Jacobian (2, 2) of motors by joints."""
        angles, jacobian = self._ankle.cranks(*position[self._joints])
        turned = np.remainder(angles - self._ankle.zero + np.pi, 2 * np.pi) - np.pi
        geared = self._ratio[:, None] * jacobian
        return self._ratio * turned + self._offset, geared @ velocity[self._joints], geared
