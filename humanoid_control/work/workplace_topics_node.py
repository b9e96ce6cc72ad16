# SPDX-License-Identifier: Apache-2.0
"""The topics of the robot as a Workplace: what it observes is read, what it commands is published."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PointStamped, PoseStamped, WrenchStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from rclpy.time import Time
from std_msgs.msg import Float64, Header
from vision_msgs.msg import Detection3DArray

from humanoid_control.middleware.polled_topics_node import LATCHED, PolledTopics
from humanoid_control.safety.robot_topics_node import vector
from humanoid_control.work.part_memory import PartSighting
from humanoid_control.work.target_refresh import TargetRefresh
from humanoid_control.work.walk_order import WalkAnswer
from humanoid_control.work.workplace import ODOM, Workplace

EYES = {'station_localiser', 'part_detector'}     # nodes that look before the work begins
MEMORY = 120.0      # [s] for which a part that was seen is remembered


class WorkplaceTopics:
    """Feeds a workplace from polled topics and publishes its targets.

    Attributes:
        base: newest pose of the base link in odom; None before the first.
        wrist_forces: newest force (3,) [N] of each wrist sensor, by side.
    """

    def __init__(self, node: Node, topics: PolledTopics, workplace: Workplace):
        """Connect a workplace to the topics of a node."""
        self.base: pin.SE3 | None = None
        self.wrist_forces = {side: np.zeros(3) for side in workplace.hands}
        self._workplace, self._due = workplace, TargetRefresh()
        self._eyes: set[str] = set()
        topics.add(Odometry, 'odom', self._on_odometry)
        topics.add(PoseStamped, 'stance', self._on_stance, LATCHED)
        topics.add(Detection3DArray, 'detections/station', self._on_station)
        topics.add(Detection3DArray, 'detections/parts', self._on_parts)
        topics.add(Header, 'detections/frame', lambda message: self._eyes.add(message.frame_id), 10)
        topics.add(DiagnosticStatus, 'kinematics/status', self._on_kinematics, 10)
        topics.add(DiagnosticStatus, 'balance/status', self._on_balance, LATCHED)
        topics.add(DiagnosticStatus, 'walking/status', self._on_walking, LATCHED)
        self._hand_publishers, self._gripper_publishers = {}, {}
        for side in workplace.hands:
            topics.add(WrenchStamped, f'{side}_wrist/wrench', lambda m, s=side: self._on_wrench(s, m))
            self._hand_publishers[side] = node.create_publisher(PoseStamped, f'{side}_hand/target', 1)
            self._gripper_publishers[side] = node.create_publisher(Float64, f'{side}_gripper/target', 1)
        self._gaze_publisher = node.create_publisher(PointStamped, 'gaze/target', 1)
        self._torso_publisher = node.create_publisher(Float64, 'torso_pitch/target', 1)
        self._walk_publisher = node.create_publisher(PoseStamped, 'goal_pose', 1)

    @property
    def sees(self) -> bool:
        """Whether every node that looks has looked at an image."""
        return self._eyes >= EYES

    def publish(self, stamp_ns: int) -> None:
        """Publish what is new of the workplace's targets, stamped with a time [ns]."""
        workplace, stamp = self._workplace, Time(nanoseconds=stamp_ns).to_msg()
        for side, hand in workplace.hands.items():
            pose = (hand.target_position, hand.target_rotation)
            if hand.target_position is not None and self._due.due(f'{side}_hand', pose, workplace.time):
                target = PoseStamped()
                target.header.stamp = stamp
                target.header.frame_id = ODOM
                _fill_pose(target.pose, *pose)
                self._hand_publishers[side].publish(target)
            if hand.target_opening is not None and self._due.due(f'{side}_gripper', hand.target_opening, workplace.time):
                self._gripper_publishers[side].publish(Float64(data=float(hand.target_opening)))
        if workplace.gaze is not None and self._due.due('gaze', workplace.gaze, workplace.time):
            point = PointStamped()
            point.header.stamp = stamp
            point.header.frame_id = ODOM
            point.point.x, point.point.y, point.point.z = map(float, workplace.gaze)
            self._gaze_publisher.publish(point)
        if workplace.torso_pitch is not None and self._due.due('torso', workplace.torso_pitch, workplace.time):
            self._torso_publisher.publish(Float64(data=float(workplace.torso_pitch)))
        order = workplace.take_walk_order()
        if order is not None:
            goal = PoseStamped()
            goal.header.stamp, goal.header.frame_id = stamp, order.frame
            _fill_pose(goal.pose, (order.goal.x, order.goal.y, 0.0), pin.utils.rotate('z', order.goal.yaw))
            self._walk_publisher.publish(goal)

    def _on_odometry(self, message: Odometry) -> None:
        self.base = _pose(message.pose.pose)

    def _on_stance(self, message: PoseStamped) -> None:
        self._workplace.stance = _pose(message.pose)

    def _on_wrench(self, side: str, message: WrenchStamped) -> None:
        self.wrist_forces[side] = vector(message.wrench.force)

    def _on_station(self, message: Detection3DArray) -> None:
        for detection in message.detections:
            if detection.results:
                self._workplace.see_station(detection.id, _pose(detection.results[0].pose.pose), _seconds(message.header.stamp))

    def _on_parts(self, message: Detection3DArray) -> None:
        stamp = _seconds(message.header.stamp)
        sightings = []
        for detection in message.detections:
            if detection.results:
                best = detection.results[0]
                pose = _pose(best.pose.pose)
                sightings.append(PartSighting(best.hypothesis.class_id, detection.id, pose.translation, pose.rotation,
                                              best.hypothesis.score, stamp))
        self._workplace.memory.add_frame(stamp, sightings)
        self._workplace.memory.forget(stamp - MEMORY)

    def _on_kinematics(self, message: DiagnosticStatus) -> None:
        self._workplace.refusal = message.message if message.level != DiagnosticStatus.OK else None

    def _on_balance(self, message: DiagnosticStatus) -> None:
        mode, _, reason = message.message.partition(': ')
        self._workplace.fallen = reason if mode == 'fallen' else None

    def _on_walking(self, message: DiagnosticStatus) -> None:
        self._workplace.hear_walk(WalkAnswer.read(message.message))


def _seconds(stamp) -> float:
    return stamp.sec + 1e-9 * stamp.nanosec


def _pose(message) -> pin.SE3:
    o = message.orientation
    return pin.SE3(pin.Quaternion(o.w, o.x, o.y, o.z).toRotationMatrix(), vector(message.position))


def _fill_pose(message, position: np.ndarray, rotation: np.ndarray) -> None:
    message.position.x, message.position.y, message.position.z = map(float, position)
    q = pin.Quaternion(np.asarray(rotation)).coeffs()
    o = message.orientation
    o.x, o.y, o.z, o.w = map(float, q)
