# SPDX-License-Identifier: Apache-2.0
"""What the simulated robot tells everybody: clock, joint states, IMU and force sensors."""
from __future__ import annotations

from geometry_msgs.msg import WrenchStamped
from rclpy.node import Node
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu, JointState

from humanoid_control.model.joint_state_codec import JointStateCodec
from humanoid_control.model.low_state import WRENCH_SENSORS
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.simulation.message_templates import ClockTemplate, StampedDoubles
from humanoid_control.simulation.stand_in import StandIn

DEPTH = 5
CLOCK_EVERY = 2      # publications of the state: each clock wakes every node, and nobody needs it finer than 20 ms
# places in sensor_msgs/Imu after its header: orientation 0-3 and its covariance 4-12, then rates and accelerations
_ORIENTATION_W, _NO_ORIENTATION = 3, 4
_RATE, _ACCELERATION, _IMU_SIZE = slice(13, 16), slice(25, 28), 37


class StateTopics:
    """Publishes the state of a stand-in on the topics that are not part of the fast loop."""

    def __init__(self, node: Node, stand_in: StandIn):
        self._stand_in = stand_in
        self._layout = layout = stand_in.layout
        robot = stand_in.world.robot
        self._clock = ClockTemplate()
        self._count = 0
        self._clock_publisher = node.create_publisher(Clock, 'clock', 1)
        self._joints = JointStateCodec(layout.joint_names)
        self._joint_publisher = node.create_publisher(JointState, 'joint_states', DEPTH)
        self._imu = StampedDoubles(robot.frames.imu, _IMU_SIZE)
        self._imu.values[_ORIENTATION_W] = 1
        self._imu.values[_NO_ORIENTATION] = -1     # says that the IMU estimates no orientation
        self._imu_publisher = node.create_publisher(Imu, 'imu/data', DEPTH)
        frames = dict(zip(WRENCH_SENSORS, (*(robot.legs[s].sole for s in SIDES), *(robot.arms[s].force_sensor for s in SIDES))))
        self._wrenches = [
            (StampedDoubles(frames[sensor], 6), layout.force[sensor], layout.torque[sensor],
             node.create_publisher(WrenchStamped, f'{sensor}/wrench', DEPTH)) for sensor in WRENCH_SENSORS]

    def publish(self) -> None:
        """Publish everything as it is now."""
        layout, stamp = self._layout, self._stand_in.time_ns
        position, velocity, effort = self._stand_in.low_state()
        if self._count % CLOCK_EVERY == 0:
            self.publish_clock()
        self._count += 1
        codec = self._joints
        codec.position[:] = position[layout.joints]
        codec.velocity[:] = velocity[layout.joints]
        codec.effort[:] = effort[layout.joints]
        self._joint_publisher.publish(codec.pack(stamp))
        imu = self._imu
        imu.values[_RATE] = position[layout.angular_velocity]
        imu.values[_ACCELERATION] = position[layout.linear_acceleration]
        self._imu_publisher.publish(imu.pack(stamp))
        for template, force, torque, publisher in self._wrenches:
            template.values[:3] = position[force]
            template.values[3:] = position[torque]
            publisher.publish(template.pack(stamp))

    def publish_clock(self) -> None:
        """Publish the simulated time alone."""
        self._clock_publisher.publish(self._clock.pack(self._stand_in.time_ns))
