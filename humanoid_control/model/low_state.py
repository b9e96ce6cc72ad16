# SPDX-License-Identifier: Apache-2.0
"""Layout of the `low_state` message: joints, then sensor values as named entries."""
from __future__ import annotations

from collections.abc import Sequence

WRENCH_SENSORS = ('l_sole', 'r_sole', 'l_wrist', 'r_wrist')
AXES = ('x', 'y', 'z')


class LowStateLayout:
    """Names and slices of one `low_state` JointState.

    The first entries are the actuated joints with position [rad, m], velocity and effort. The entries after
    them carry one sensor value each in `position` (velocity and effort are 0): angular velocity [rad/s] and
    linear acceleration (specific force) [m/s^2] of the IMU in its own frame, then force [N] and torque [N m]
    that the environment exerts at each sole and gripper, in the sensor's frame.

    Attributes:
        names: all names, joints first.
        joints, angular_velocity, linear_acceleration: slices into the arrays.
        force, torque: slices by sensor (`l_sole`, `r_sole`, `l_wrist`, `r_wrist`).
    """

    def __init__(self, joint_names: Sequence[str]):
        names = list(joint_names)
        self.joints = slice(0, len(names))
        self.angular_velocity = self._append(names, 'imu/angular_velocity')
        self.linear_acceleration = self._append(names, 'imu/linear_acceleration')
        self.force: dict[str, slice] = {}
        self.torque: dict[str, slice] = {}
        for sensor in WRENCH_SENSORS:
            self.force[sensor] = self._append(names, f'{sensor}/force')
            self.torque[sensor] = self._append(names, f'{sensor}/torque')
        self.joint_names = tuple(joint_names)
        self.names = tuple(names)
        self.size = len(names)

    @staticmethod
    def _append(names: list[str], quantity: str) -> slice:
        start = len(names)
        names.extend(f'{quantity}/{axis}' for axis in AXES)
        return slice(start, len(names))
