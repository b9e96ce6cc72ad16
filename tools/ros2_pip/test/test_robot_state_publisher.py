# SPDX-License-Identifier: Apache-2.0
"""robot_state_publisher: transforms, topics, parameters and errors as ROS's own."""
from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from robot_state_publisher.robot_state_publisher_node import RobotStatePublisher
from robot_state_publisher.urdf_joint import from_roll_pitch_yaw, rotate
from robot_state_publisher.urdf_tree import UrdfError, parse_urdf
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
URDF = """<robot name="toy">
  <link name="base"/><link name="arm"/><link name="tool"/><link name="left"/><link name="right"/>
  <joint name="shoulder" type="revolute">
    <parent link="base"/><child link="arm"/><origin xyz="1 2 3" rpy="0 0 1.5707963267948966"/>
    <axis xyz="0 0 2"/><limit lower="-1" upper="1" effort="1" velocity="1"/>
  </joint>
  <joint name="mount" type="fixed">
    <parent link="arm"/><child link="tool"/><origin xyz="0 0 0.5" rpy="0.1 0.2 0.3"/>
  </joint>
  <joint name="left_finger" type="prismatic">
    <parent link="tool"/><child link="left"/><origin xyz="0 0 0" rpy="0 0 1.5707963267948966"/><axis xyz="1 0 0"/>
  </joint>
  <joint name="right_finger" type="prismatic">
    <parent link="tool"/><child link="right"/><axis xyz="0 1 0"/>
    <mimic joint="left_finger" multiplier="-2" offset="0.1"/>
  </joint>
</robot>"""


def joint(name: str):
    """A joint of the toy robot."""
    return next(item for item in parse_urdf(URDF) if item.name == name)


def test_revolute_joint_turns_about_its_normalised_axis_after_its_origin():
    translation, (x, y, z, w) = joint('shoulder').transform(0.5)
    assert translation == (1.0, 2.0, 3.0)
    assert (x, y) == pytest.approx((0.0, 0.0))
    assert 2 * math.atan2(z, w) == pytest.approx(math.pi / 2 + 0.5)


def test_prismatic_joint_moves_along_its_axis_in_its_own_frame():
    translation, _ = joint('left_finger').transform(0.2)
    assert translation == pytest.approx((0.0, 0.2, 0.0))


def test_roll_pitch_yaw_turns_about_fixed_axes():
    roll, pitch, yaw = 0.4, -0.7, 1.1
    cr, sr, cp, sp, cy, sy = (f(a) for a in (roll, pitch, yaw) for f in (math.cos, math.sin))
    assert rotate(from_roll_pitch_yaw(roll, pitch, yaw), (1, 0, 0)) == pytest.approx((cy * cp, sy * cp, -sp))
    assert rotate(from_roll_pitch_yaw(roll, pitch, yaw), (0, 0, 1)) == pytest.approx(
        (cy * sp * cr + sy * sr, sy * sp * cr - cy * sr, cp * cr))


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('<robot', '<robt', 'not XML|root element'),
    ('type="fixed"', 'type="glued"', "joint 'mount': type is 'glued'"),
    ('<parent link="arm"/>', '', "joint 'mount': <parent link=...> is missing"),
    ('<child link="tool"/>', '<child link="hammer"/>', "joint 'mount': link 'hammer' does not exist"),
    ('xyz="0 0 0.5"', 'xyz="0 0"', "joint 'mount': xyz is '0 0', expected three numbers"),
    ('xyz="0 0 2"', 'xyz="0 0 0"', "joint 'shoulder': axis is zero"),
    ('<link name="base"/>', '<link name="base"/><link name="lost"/>', 'expected one root link, got 2: base, lost'),
    ('multiplier="-2"', 'multiplier="much"', "joint 'right_finger': <mimic>"),
])
def test_malformed_description_is_refused_by_name(old, new, message):
    with pytest.raises(UrdfError, match=message):
        parse_urdf(URDF.replace(old, new, 1))


class Listener:
    """The publisher under test and a node that hears it."""

    def __init__(self) -> None:
        self.publisher = RobotStatePublisher(parameter_overrides=[Parameter('robot_description', value=URDF)])
        self.node = rclpy.create_node('listener')
        self.executor = SingleThreadedExecutor()
        self.executor.add_node(self.publisher)
        self.executor.add_node(self.node)
        self.heard: dict[str, list] = {'/tf': [], '/tf_static': [], 'robot_description': []}
        self.node.create_subscription(TFMessage, '/tf', self.heard['/tf'].append, 100)
        self.node.create_subscription(TFMessage, '/tf_static', self.heard['/tf_static'].append, LATCHED)
        self.node.create_subscription(String, 'robot_description', self.heard['robot_description'].append, LATCHED)
        self.joint_states = self.node.create_publisher(JointState, 'joint_states', qos_profile_sensor_data)
        assert self.spin_until(lambda: self.joint_states.get_subscription_count() > 0)

    def spin_until(self, condition: Callable[[], bool], timeout: float = 10.0) -> bool:
        """True as soon as the condition holds."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                return False
            self.executor.spin_once(timeout_sec=0.05)
        return True

    def send(self, stamp: float, **positions: float) -> None:
        """Publishes joint positions."""
        message = JointState(name=list(positions), position=list(positions.values()))
        message.header.stamp.sec, message.header.stamp.nanosec = int(stamp), round(stamp % 1 * 1e9)
        self.joint_states.publish(message)

    def close(self) -> None:
        """Ends both nodes."""
        self.executor.shutdown()
        self.publisher.destroy_node()
        self.node.destroy_node()


@pytest.fixture
def listener() -> Iterator[Listener]:
    rclpy.init()
    listener = Listener()
    yield listener
    listener.close()
    rclpy.shutdown()


def test_description_and_fixed_transforms_reach_late_subscribers(listener):
    assert listener.spin_until(lambda: listener.heard['robot_description'] and listener.heard['/tf_static'])
    assert listener.heard['robot_description'][0].data == URDF
    (fixed,) = listener.heard['/tf_static'][0].transforms
    assert (fixed.header.frame_id, fixed.child_frame_id, fixed.transform.translation.z) == ('arm', 'tool', 0.5)


def test_moving_and_mimic_joints_are_published_with_the_stamp_of_their_positions(listener):
    listener.send(100.25, shoulder=0.5, left_finger=0.01, unknown=1.0)
    assert listener.spin_until(lambda: listener.heard['/tf'])
    transforms = {item.child_frame_id: item for item in listener.heard['/tf'][0].transforms}
    assert set(transforms) == {'arm', 'left', 'right'}
    assert transforms['arm'].header.stamp.sec == 100
    assert transforms['right'].transform.translation.y == pytest.approx(-2 * 0.01 + 0.1)


def test_rate_is_limited_by_stamps_and_messages_without_positions_are_ignored(listener):
    for stamp in (100.0, 100.01, 100.049, 100.05):  # 20 Hz by default
        listener.send(stamp, shoulder=0.0)
        listener.spin_until(lambda: False, 0.1)
    listener.joint_states.publish(JointState(name=['shoulder']))
    listener.spin_until(lambda: False, 0.1)
    assert [message.transforms[0].header.stamp.nanosec for message in listener.heard['/tf']] == [0, 50_000_000]


def test_parameters_change_the_description_and_refuse_what_is_malformed(listener):
    (result,) = listener.publisher.set_parameters([Parameter('robot_description', value='<robot')])
    assert not result.successful and 'not XML' in result.reason
    (result,) = listener.publisher.set_parameters([Parameter('publish_frequency', value=2000.0)])
    assert not result.successful and 'publish_frequency' in result.reason
    listener.publisher.set_parameters([Parameter('frame_prefix', value='r1/')])
    listener.send(100.0, shoulder=0.0)
    assert listener.spin_until(lambda: listener.heard['/tf'])
    assert listener.heard['/tf'][0].transforms[0].child_frame_id == 'r1/arm'


def test_executable_without_a_description_ends_with_an_error(ros2):
    result = ros2('run', 'robot_state_publisher', 'robot_state_publisher')
    assert result.returncode == 1
    assert 'robot_description parameter must not be empty' in result.stderr
