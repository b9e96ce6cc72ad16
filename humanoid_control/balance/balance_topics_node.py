# SPDX-License-Identifier: Apache-2.0
"""What the balance node tells others beside joint commands: odom, /tf, stance, markers."""
from __future__ import annotations

import math

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, PoseStamped, TransformStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import ColorRGBA
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import Marker, MarkerArray

from humanoid_control.balance.native_structs import Report

ODOMETRY_PERIOD = 10_000_000     # [ns]
SLOW_PERIOD = 100_000_000        # [ns] of stance and markers
POINTS = (('centre of pressure', (0.1, 0.8, 0.2)), ('divergent component of motion', (0.9, 0.2, 0.1)),
          ('centre of mass', (0.2, 0.4, 0.9)))
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class BalanceTopics:
    """Publishes a controller's report at its rates, timed by the stamps of low_state."""

    def __init__(self, node: Node, odometry_frame: str, base_frame: str, footprint_frame: str):
        self._odometry_frame = odometry_frame
        self._publishers = [
            node.create_publisher(Odometry, 'odom', 1), node.create_publisher(TFMessage, 'tf', 10),
            node.create_publisher(PoseStamped, 'stance', LATCHED), node.create_publisher(MarkerArray, 'markers', 1)]
        self._odometry_publisher, self._tf_publisher, self._stance_publisher, self._marker_publisher = self._publishers
        self._node = node
        self._odometry = Odometry(child_frame_id=base_frame)
        self._odometry.header.frame_id = odometry_frame
        self._base = TransformStamped(child_frame_id=base_frame)
        self._footprint = TransformStamped(child_frame_id=footprint_frame)
        self._base.header.frame_id, self._footprint.header.frame_id = odometry_frame, base_frame
        self._stance = PoseStamped()
        self._stance.header.frame_id = odometry_frame
        self._transforms = TFMessage(transforms=[self._base, self._footprint])
        self._stances_seen = -1
        self._odometry_due = self._slow_due = -1

    def destroy(self) -> None:
        """Take the topics down."""
        for publisher in self._publishers:
            self._node.destroy_publisher(publisher)

    def publish(self, report: Report) -> None:
        """Send what is due at the report's stamp."""
        now = report.stamp
        if report.stance_count == 0:
            return
        if report.stance_count != self._stances_seen:
            self._stances_seen = report.stance_count
            self._slow_due = now
        if now < self._odometry_due and self._odometry_due - now <= ODOMETRY_PERIOD and now < self._slow_due:
            return
        stamp = Time(sec=now // 1_000_000_000, nanosec=now % 1_000_000_000)
        if now >= self._odometry_due or self._odometry_due - now > ODOMETRY_PERIOD:
            self._odometry_due = now + ODOMETRY_PERIOD
            self._publish_odometry(report, stamp)
        if now >= self._slow_due or self._slow_due - now > SLOW_PERIOD:
            self._slow_due = now + SLOW_PERIOD
            self._publish_stance(report, stamp)
            self._publish_markers(report, stamp)

    def _publish_odometry(self, report: Report, stamp: Time) -> None:
        message = self._odometry
        message.header.stamp = self._base.header.stamp = self._footprint.header.stamp = stamp
        base_position, base_quaternion = tuple(report.base_position), tuple(report.base_quaternion)
        _set_pose(message.pose.pose.position, message.pose.pose.orientation, base_position, base_quaternion)
        twist = message.twist.twist
        twist.linear.x, twist.linear.y, twist.linear.z = report.base_velocity
        twist.angular.x, twist.angular.y, twist.angular.z = report.base_angular_velocity
        self._odometry_publisher.publish(message)
        _set_pose(self._base.transform.translation, self._base.transform.rotation, base_position, base_quaternion)
        position, quaternion = relative_pose(base_position, base_quaternion, report.stance_position, report.stance_yaw)
        _set_pose(self._footprint.transform.translation, self._footprint.transform.rotation, position, quaternion)
        self._tf_publisher.publish(self._transforms)

    def _publish_stance(self, report: Report, stamp: Time) -> None:
        self._stance.header.stamp = stamp
        _set_pose(self._stance.pose.position, self._stance.pose.orientation, tuple(report.stance_position),
                  (0.0, 0.0, math.sin(report.stance_yaw / 2), math.cos(report.stance_yaw / 2)))
        self._stance_publisher.publish(self._stance)

    def _publish_markers(self, report: Report, stamp: Time) -> None:
        if self._marker_publisher.get_subscription_count() == 0:
            return
        polygon = self._marker(0, 'support polygon', Marker.LINE_STRIP, stamp, (0.9, 0.8, 0.1))
        polygon.scale.x = 0.005
        corners = [tuple(report.polygon[i]) for i in range(report.polygon_count)]
        polygon.points = [Point(x=x, y=y, z=0.002) for x, y in (*corners, *corners[:1])]
        markers = [polygon]
        for number, ((name, colour), place) in enumerate(zip(POINTS, (report.cop, report.dcm, report.com)), start=1):
            marker = self._marker(number, name, Marker.SPHERE, stamp, colour)
            marker.scale.x = marker.scale.y = marker.scale.z = 0.03
            x, y = place[0], place[1]
            if not math.isfinite(x):
                marker.action = Marker.DELETE
            else:
                marker.pose.position = Point(x=x, y=y, z=place[2] if number == len(POINTS) else 0.0)
            markers.append(marker)
        self._marker_publisher.publish(MarkerArray(markers=markers))

    def _marker(self, number: int, name: str, kind: int, stamp: Time, colour: tuple[float, float, float]) -> Marker:
        marker = Marker(ns=f'balance/{name}', id=number, type=kind, action=Marker.ADD)
        marker.header.frame_id, marker.header.stamp = self._odometry_frame, stamp
        marker.color = ColorRGBA(r=colour[0], g=colour[1], b=colour[2], a=1.0)
        marker.pose.orientation.w = 1.0
        return marker


def relative_pose(base_position, base_quaternion, position, yaw: float) -> tuple[tuple, tuple]:
    """Position [m] and quaternion (x, y, z, w), seen from the base, of an upright frame given by position and yaw."""
    x, y, z, w = base_quaternion
    rotation = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                         [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                         [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])
    offset = rotation.T @ (np.array(position) - np.array(base_position))
    s, c = math.sin(yaw / 2), math.cos(yaw / 2)
    # conjugate of the base quaternion times the yaw quaternion
    quaternion = (-x * c - y * s, -y * c + x * s, w * s - z * c, w * c + z * s)
    return tuple(offset.tolist()), quaternion


def _set_pose(point, quaternion, position, orientation) -> None:
    point.x, point.y, point.z = position
    quaternion.x, quaternion.y, quaternion.z, quaternion.w = orientation
