# SPDX-License-Identifier: Apache-2.0
"""Gears and linkages from the motors' side: what joints feel of motors, and motors of joints."""

from __future__ import annotations

import math
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

    def motors(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> np.ndarray:
        """Position, velocity and torque of the motors as rows (3, m) from those of the joints (n,)."""
        states = np.zeros((3, self._shape[1]))
        states[0, self._motors] = self._ratio * position[self._joints] + self._offset
        states[1, self._motors] = self._ratio * velocity[self._joints]
        states[2, self._motors] = effort[self._joints] / self._ratio
        for pair in self._pairs:
            pair.to_motors(position, velocity, effort, states)
        return states

    def law(self, command: np.ndarray, limit: np.ndarray, position: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Control, kp, kd and effort limit that the joints feel of the motors' commands, as rows (4, n).

        Args:
            command: position, velocity, torque, kp, kd of the motors as rows (5, m).
            limit: torque limits of the motors (m,) [N m].
            position, velocity: of the joints (n,), where linkages are linearised.
        """
        law = np.zeros((4, self._shape[0]))
        p, v, t, kp, kd = command[:, self._motors]
        law[0, self._joints] = self._ratio * (t + kp * (p - self._offset) + kd * v)
        law[1, self._joints] = self._ratio**2 * kp
        law[2, self._joints] = self._ratio**2 * kd
        law[3, self._joints] = np.abs(self._ratio) * limit[self._motors]
        for pair in self._pairs:
            pair.to_joints(command, limit, position, velocity, law)
        return law


class _Pair:
    """One linkage of two joints and two motors, in plain numbers: arrays of two are slower than their elements."""

    def __init__(self, linkage: LinkageSettings, joint_names: Sequence[str], motors: Sequence[str]):
        self._ankle = Ankle(tuple(crank.rod for crank in linkage.cranks))
        self._joints = [list(joint_names).index(name) for name in linkage.joints]
        self._motors = [motors.index(crank.motor) for crank in linkage.cranks]
        self._ratio = [crank.ratio for crank in linkage.cranks]
        self._offset = [crank.offset for crank in linkage.cranks]
        self._zero = self._ankle.zero.tolist()

    def to_motors(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray, states: np.ndarray) -> None:
        """Write the states of the two motors into those of all (3, m)."""
        turned, ((a, b), (c, d)) = self._turned(position)
        first, second = self._joints
        rates = velocity[first], velocity[second]
        efforts = effort[first], effort[second]
        determinant = a * d - b * c
        # torque = J^-T effort
        torques = ((d * efforts[0] - c * efforts[1]) / determinant, (a * efforts[1] - b * efforts[0]) / determinant)
        for motor, angle, row, torque in zip(self._motors, turned, ((a, b), (c, d)), torques):
            states[0, motor] = angle
            states[1, motor] = row[0] * rates[0] + row[1] * rates[1]
            states[2, motor] = torque

    def to_joints(
        self, command: np.ndarray, limit: np.ndarray, position: np.ndarray, velocity: np.ndarray, law: np.ndarray
    ) -> None:
        """Torque as it is now, with the diagonal of the gains left to act at every physics step."""
        turned, rows = self._turned(position)
        q = [position[joint] for joint in self._joints]
        rate = [velocity[joint] for joint in self._joints]
        for motor, angle, row in zip(self._motors, turned, rows):
            target, speed, torque, kp, kd = command[:, motor].tolist()
            strength = limit[motor]
            total = torque + kp * (target - angle) + kd * (speed - row[0] * rate[0] - row[1] * rate[1])
            total = min(max(total, -strength), strength)
            for joint, lever, place, pace in zip(self._joints, row, q, rate):
                law[0, joint] += lever * total + lever * lever * (kp * place + kd * pace)
                law[1, joint] += lever * lever * kp
                law[2, joint] += lever * lever * kd
                law[3, joint] += abs(lever) * strength

    def _turned(self, position: np.ndarray) -> tuple[list[float], list[list[float]]]:
        """Angles of the motors, and their Jacobian by the joints, row by motor."""
        angles, jacobian = self._ankle.cranks(*position[self._joints])
        turned = [
            ratio * math.remainder(angle - zero, 2 * math.pi) + offset
            for ratio, angle, zero, offset in zip(self._ratio, angles.tolist(), self._zero, self._offset)
        ]
        return turned, [[ratio * entry for entry in row] for ratio, row in zip(self._ratio, jacobian.tolist())]
