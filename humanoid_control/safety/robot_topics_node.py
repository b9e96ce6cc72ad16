# SPDX-License-Identifier: Apache-2.0
"""The robot's topics into a RobotSample."""

from __future__ import annotations

import time

import numpy as np
from geometry_msgs.msg import WrenchStamped
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Imu, JointState

from humanoid_control.middleware.polled_topics_node import PolledTopics
from humanoid_control.safety.robot_sample import RobotSample


class RobotTopics:
    """Keeps a RobotSample up to date from polled topics.

    Attributes:
        sample: newest values; its arrays are replaced, never changed.
    """

    def __init__(self, topics: PolledTopics, sides: tuple[str, ...], *, imu: bool = True, reference: bool = True):
        """Subscribe to joints, base and soles, and on demand to IMU and reference."""
        self.sample = RobotSample()
        topics.add(JointState, 'joint_states', self._on_joints)
        topics.add(Odometry, 'odom', self._on_odometry)
        for side in sides:
            topics.add(WrenchStamped, f'{side}_sole/wrench', lambda m, s=side: self._on_sole(s, m))
        if imu:
            topics.add(Imu, 'imu/data', self._on_imu)
        if reference:
            topics.add(JointState, 'whole_body/reference', self._on_reference)

    def _seen(self, topic: str, message: object) -> None:
        stamp = message.header.stamp
        self.sample.stamp[topic] = stamp.sec + 1e-9 * stamp.nanosec
        self.sample.arrival[topic] = time.monotonic()

    def _on_joints(self, message: JointState) -> None:
        self._seen('joint_states', message)
        self.sample.position = dict(zip(message.name, message.position))
        self.sample.velocity = dict(zip(message.name, message.velocity))
        self.sample.effort = dict(zip(message.name, message.effort))

    def _on_reference(self, message: JointState) -> None:
        self._seen('whole_body/reference', message)
        self.sample.reference = dict(zip(message.name, message.position))

    def _on_odometry(self, message: Odometry) -> None:
        self._seen('odom', message)
        self.sample.base = pose_matrix(message.pose.pose)
        self.sample.base_linear = vector(message.twist.twist.linear)
        self.sample.base_angular = vector(message.twist.twist.angular)

    def _on_sole(self, side: str, message: WrenchStamped) -> None:
        self._seen(f'{side}_sole/wrench', message)
        self.sample.sole_force[side] = vector(message.wrench.force)
        self.sample.sole_torque[side] = vector(message.wrench.torque)

    def _on_imu(self, message: Imu) -> None:
        self._seen('imu/data', message)
        self.sample.angular_velocity = vector(message.angular_velocity)
        self.sample.linear_acceleration = vector(message.linear_acceleration)


def vector(message: object) -> np.ndarray:
    """(3,) from a Vector3 or Point message."""
    return np.array((message.x, message.y, message.z))


def pose_matrix(pose: object) -> np.ndarray:
    """Transform (4, 4) from a Pose message; its quaternion need not be normalised, zero counts as identity."""
    o = pose.orientation
    x, y, z, w = o.x, o.y, o.z, o.w
    square = x * x + y * y + z * z + w * w
    s = 2.0 / square if square > 0 else 0.0
    return np.array(
        [
            (1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w), pose.position.x),
            (s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w), pose.position.y),
            (s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y), pose.position.z),
            (0.0, 0.0, 0.0, 1.0),
        ]
    )
