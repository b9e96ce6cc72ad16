# SPDX-License-Identifier: Apache-2.0
"""What the real robot tells everybody, beside the fast loop: joint states, IMU and force sensors."""

from __future__ import annotations

import numpy as np
from geometry_msgs.msg import WrenchStamped
from rclpy.node import Node
from sensor_msgs.msg import Imu, JointState

from humanoid_control.model.joint_state_codec import JointStateCodec
from humanoid_control.model.low_state import WRENCH_SENSORS, LowStateLayout
from humanoid_control.model.robot_configuration import SIDES, RobotConfiguration
from humanoid_control.simulation.message_templates import StampedDoubles

DEPTH = 5
# places in sensor_msgs/Imu after its header: orientation 0-3 and its covariance 4-12, then rates and accelerations
_ORIENTATION_W, _NO_ORIENTATION = 3, 4
_RATE, _ACCELERATION, _IMU_SIZE = slice(13, 16), slice(25, 28), 37


class DriverTopics:
    """Publishes `joint_states`, `imu/data` and `SENSOR/wrench` from a low state."""

    def __init__(self, node: Node, layout: LowStateLayout, robot: RobotConfiguration):
        self._node, self._layout = node, layout
        self._joints = JointStateCodec(layout.joint_names)
        self._imu = StampedDoubles(robot.frames.imu, _IMU_SIZE)
        self._imu.values[_ORIENTATION_W] = 1
        self._imu.values[_NO_ORIENTATION] = -1  # says that the IMU estimates no orientation
        frames = dict(
            zip(WRENCH_SENSORS, (*(robot.legs[s].sole for s in SIDES), *(robot.arms[s].force_sensor for s in SIDES)))
        )
        self._wrenches = [
            (StampedDoubles(frames[sensor], 6), layout.force[sensor], layout.torque[sensor])
            for sensor in WRENCH_SENSORS
        ]
        self._joint_publisher = node.create_publisher(JointState, 'joint_states', DEPTH)
        self._imu_publisher = node.create_publisher(Imu, 'imu/data', DEPTH)
        self._wrench_publishers = [
            node.create_publisher(WrenchStamped, f'{sensor}/wrench', DEPTH) for sensor in WRENCH_SENSORS
        ]

    def publish(self, stamp: int, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> None:
        """Publish a low state, arrays in its layout, stamped [ns]."""
        layout, codec, imu = self._layout, self._joints, self._imu
        codec.position[:] = position[layout.joints]
        codec.velocity[:] = velocity[layout.joints]
        codec.effort[:] = effort[layout.joints]
        self._joint_publisher.publish(codec.pack(stamp))
        imu.values[_RATE] = position[layout.angular_velocity]
        imu.values[_ACCELERATION] = position[layout.linear_acceleration]
        self._imu_publisher.publish(imu.pack(stamp))
        for (template, force, torque), publisher in zip(self._wrenches, self._wrench_publishers):
            template.values[:3] = position[force]
            template.values[3:] = position[torque]
            publisher.publish(template.pack(stamp))

    def destroy(self) -> None:
        """Take the topics down."""
        for publisher in (self._joint_publisher, self._imu_publisher, *self._wrench_publishers):
            self._node.destroy_publisher(publisher)
