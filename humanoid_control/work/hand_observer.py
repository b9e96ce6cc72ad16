# SPDX-License-Identifier: Apache-2.0
"""Where the hands are and what they feel, from joint angles, base estimate and wrist force sensors."""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.model import RobotModel

VELOCITY_WINDOW = 6   # samples: at 100 Hz long enough that 0.1 mm of encoder noise reads below 3 mm/s


@dataclass
class HandObservation:
    """One hand, in the odom frame.

    Attributes:
        position: grasp centre [m], shape (3,).
        rotation: axes of the gripper frame, shape (3, 3).
        velocity: of the grasp centre [m/s], shape (3,), averaged over a few samples.
        force: what the environment exerts on the gripper beyond the tare [N], shape (3,).
        opening: half opening of the fingers [m].
    """

    position: np.ndarray
    rotation: np.ndarray
    velocity: np.ndarray
    force: np.ndarray
    opening: float


class HandObserver:
    """Observes one hand of a robot; feed it every joint_states sample."""

    def __init__(self, robot: RobotModel, side: str):
        arm = robot.configuration.arms[side]
        self._robot = robot
        self._data = robot.model.createData()
        self._gripper = robot.frame_id(arm.gripper)
        self._sensor = robot.frame_id(arm.force_sensor)
        self._gripper_joint = arm.gripper_joint
        self._history: deque[tuple[float, np.ndarray]] = deque(maxlen=VELOCITY_WINDOW)
        self._raw_force = np.zeros(3)
        self._tare = np.zeros(3)
        self._recent_forces: deque[np.ndarray] = deque(maxlen=20)

    def update(self, time: float, names: Sequence[str], positions: Sequence[float], base: pin.SE3,
               wrist_force: np.ndarray) -> HandObservation:
        """Take one sample.

        Args:
            time: stamp of the joint sample [s].
            names, positions: of the joints [rad, m].
            base: pose of the base link in odom.
            wrist_force: force that environment and gravity exert on the gripper, in the sensor's axes [N].
        """
        robot = self._robot
        q = robot.configuration_of(names, positions, base)
        pin.forwardKinematics(robot.model, self._data, q)
        hand = pin.updateFramePlacement(robot.model, self._data, self._gripper)
        sensor = pin.updateFramePlacement(robot.model, self._data, self._sensor)
        self._raw_force = sensor.rotation @ wrist_force
        self._recent_forces.append(self._raw_force)
        position = hand.translation.copy()
        self._history.append((time, position))
        opening = positions[list(names).index(self._gripper_joint)]
        return HandObservation(position, hand.rotation.copy(), self._velocity(), self._raw_force - self._tare, float(opening))

    def tare(self) -> None:
        """Take the mean of the last samples (0.2 s at 100 Hz) as the weight of gripper and load."""
        if self._recent_forces:
            self._tare = np.mean(self._recent_forces, axis=0)

    def _velocity(self) -> np.ndarray:
        (t0, p0), (t1, p1) = self._history[0], self._history[-1]
        return (p1 - p0) / (t1 - t0) if t1 > t0 else np.zeros(3)
