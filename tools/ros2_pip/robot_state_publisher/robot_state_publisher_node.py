# SPDX-License-Identifier: Apache-2.0
"""Publishes a robot's link frames from its joint positions, with ROS's own topics and parameters."""
from __future__ import annotations

import signal
import struct
import sys

import rclpy
from geometry_msgs.msg import TransformStamped
from rcl_interfaces.msg import ParameterDescriptor, SetParametersResult
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from rclpy.serialization import deserialize_message
from rclpy.signals import SignalHandlerOptions
from rclpy.time import Time
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

from .urdf_joint import MOVING_TYPES, UrdfJoint
from .urdf_tree import UrdfError, parse_urdf

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class RobotStatePublisher(Node):
    """joint_states -> /tf; fixed joints -> /tf_static; robot_description as a latched topic."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__('robot_state_publisher', **kwargs)
        self.declare_parameter('robot_description', '', ParameterDescriptor(description='URDF of the robot'))
        self.declare_parameter('publish_frequency', 20.0, ParameterDescriptor(description='highest rate of /tf [Hz]'))
        self.declare_parameter('frame_prefix', '', ParameterDescriptor(description='put before all frame names'))
        self.declare_parameter(
            'ignore_timestamp', False, ParameterDescriptor(description='publish for every message'))
        self._tf = self.create_publisher(TFMessage, '/tf', 100)
        self._tf_static = self.create_publisher(TFMessage, '/tf_static', LATCHED)
        self._description = self.create_publisher(String, 'robot_description', LATCHED)
        self._moving: dict[str, tuple[UrdfJoint, TransformStamped]] = {}
        self._mimics: list[UrdfJoint] = []
        self._last_published: dict[str, int] = {}  # stamp of each joint's last transform [ns]
        self._last_now = 0
        self._size = 0  # of the last joint_states that was published [bytes]
        self._prefix = self.get_parameter('frame_prefix').value
        self._ignore_timestamp = self.get_parameter('ignore_timestamp').value
        self._period = self._period_of(self.get_parameter('publish_frequency').value)
        self._use(self.get_parameter('robot_description').value)
        # as bytes: most messages are not due, and reading one takes longer than all else
        self.create_subscription(JointState, 'joint_states', self._on_joint_states, qos_profile_sensor_data, raw=True)
        self.add_on_set_parameters_callback(self._check_parameters)
        self.add_post_set_parameters_callback(self._take_parameters)

    @staticmethod
    def _period_of(frequency: float) -> int:
        """Least time between transforms [ns], whole milliseconds as in ROS's own."""
        if not 0.0 <= frequency <= 1000.0:
            raise ValueError(f'publish_frequency is {frequency}, expected 0 to 1000 [Hz]')
        return int(1000.0 / frequency) * 1_000_000 if frequency > 0.0 else sys.maxsize

    def _use(self, urdf: str) -> None:
        """Takes a robot description. Raises UrdfError if it is empty or malformed."""
        if not urdf:
            raise UrdfError('robot_description parameter must not be empty')
        joints = parse_urdf(urdf)
        self._moving = {joint.name: (joint, self._empty_transform(joint))
                        for joint in joints if joint.kind in MOVING_TYPES}
        self._mimics = [joint for joint in joints if joint.mimic is not None]
        self._last_published = {}
        self._size = 0
        self._description.publish(String(data=urdf))
        self.get_logger().info('Robot initialized')
        stamp = self.get_clock().now().to_msg()
        fixed = TFMessage()
        for joint in joints:
            if joint.kind == 'fixed':
                message = self._empty_transform(joint)
                message.header.stamp = stamp
                self._fill(message, joint, 0.0)
                fixed.transforms.append(message)
        self._tf_static.publish(fixed)

    def _empty_transform(self, joint: UrdfJoint) -> TransformStamped:
        message = TransformStamped()
        message.header.frame_id = self._prefix + joint.parent
        message.child_frame_id = self._prefix + joint.child
        return message

    @staticmethod
    def _fill(message: TransformStamped, joint: UrdfJoint, position: float) -> None:
        translation, rotation = message.transform.translation, message.transform.rotation
        ((translation.x, translation.y, translation.z),
         (rotation.x, rotation.y, rotation.z, rotation.w)) = joint.transform(position)

    def _on_joint_states(self, data: bytes) -> None:
        now = self.get_clock().now().nanoseconds
        # of the size of the last one that was published: of the same joints
        if not self._ignore_timestamp and now >= self._last_now and len(data) == self._size:
            if stamp_of(data) < min(min(self._last_published.values()), now) + self._period:
                return
        message = deserialize_message(data, JointState)
        if len(message.name) != len(message.position):
            self.get_logger().warning('ignored a JointState message whose names and positions differ in number')
            return
        if now < self._last_now:
            self.get_logger().warning('Moved backwards in time, re-publishing joint transforms!')
            self._last_published.clear()
            self._size = 0
        self._last_now = now
        stamp = Time.from_msg(message.header.stamp).nanoseconds
        oldest = min((self._last_published.get(name, 0) for name in message.name), default=now)
        if not self._ignore_timestamp and stamp < min(oldest, now) + self._period:
            return
        positions = dict(zip(message.name, message.position))
        for joint in self._mimics:
            if joint.mimic.joint in positions:
                positions.setdefault(
                    joint.name, positions[joint.mimic.joint] * joint.mimic.multiplier + joint.mimic.offset)
        transforms = TFMessage()
        for name, position in positions.items():
            if name in self._moving:
                joint, transform = self._moving[name]
                transform.header.stamp = message.header.stamp
                self._fill(transform, joint, position)
                transforms.transforms.append(transform)
        self._tf.publish(transforms)
        self._last_published.update(dict.fromkeys(message.name, stamp))
        self._size = len(data) if message.name else 0

    def _check_parameters(self, parameters: list[Parameter]) -> SetParametersResult:
        for parameter in parameters:
            try:
                if parameter.name == 'robot_description':
                    if not parameter.value:
                        raise UrdfError('Empty URDF is not allowed')
                    parse_urdf(parameter.value)
                elif parameter.name == 'publish_frequency':
                    self._period_of(parameter.value)
            except ValueError as error:
                return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _take_parameters(self, parameters: list[Parameter]) -> None:
        values = {parameter.name: parameter.value for parameter in parameters}
        if 'publish_frequency' in values:
            self._period = self._period_of(values['publish_frequency'])
        self._ignore_timestamp = values.get('ignore_timestamp', self._ignore_timestamp)
        self._prefix = values.get('frame_prefix', self._prefix)
        if 'robot_description' in values or 'frame_prefix' in values:
            self._use(self.get_parameter('robot_description').value)



def stamp_of(message: bytes) -> int:
    """Stamp [ns] of a serialized message that begins with a std_msgs/Header (CDR after 4 bytes of encapsulation)."""
    seconds, nanoseconds = struct.unpack_from('<iI' if message[1] & 1 else '>iI', message, 4)
    return seconds * 1_000_000_000 + nanoseconds


def main() -> int:
    """Runs the node until Ctrl-C or SIGTERM; 1 if the robot description can't be used."""
    # a list instead of rclpy's handlers: a second signal, of a terminal's group and of a launch, must not end the end
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    caught: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: caught.append(number))
    try:
        node = RobotStatePublisher()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        while not caught:
            executor.spin_once(timeout_sec=0.1)
        executor.shutdown()
        node.destroy_node()
    except ValueError as error:
        print(f'robot_state_publisher: {error}', file=sys.stderr)
        return 1
    finally:
        rclpy.try_shutdown()
    return 0
