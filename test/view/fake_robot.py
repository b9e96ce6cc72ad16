# SPDX-License-Identifier: Apache-2.0
"""A robot on topics without physics: it waves its arm, stands on its soles and answers stop and reset."""

from __future__ import annotations

import json
import math
import threading
import time

import numpy as np
from geometry_msgs.msg import WrenchStamped
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger
from vision_msgs.msg import Detection3D, Detection3DArray, ObjectHypothesisWithPose

from humanoid_control.model import RobotConfiguration, load_urdf, share_path
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety import FaultReport, SafetyState, StopCategory

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
STANDING = 0.80  # [m] height of the base
HELD = FaultReport(
    code='stop_pressed',
    subject='',
    stop=StopCategory.CONTROLLED_SIT,
    title='Stop was pressed',
    detail='safety/stop was called <b>',
    remedy='Press reset when the robot may go on.',
    first_seen=1.0,
    first_seen_wall='2031-05-07T08:00:00+00:00',
    active=False,
    count=1,
)


class FakeRobot:
    """Runs in a thread of its own between `start` and `close`."""

    def __init__(self) -> None:
        self.context = Context()
        self.context.init()
        self.node = Node('fake_robot', context=self.context)
        robot = RobotConfiguration.load()
        self._names = LinkTree(load_urdf(share_path(robot.urdf))).movable
        self._position = {name: robot.stand_posture.get(name, 0.0) for name in self._names}
        node = self.node
        self._joints = node.create_publisher(JointState, 'joint_states', 1)
        self._odom = node.create_publisher(Odometry, 'odom', 1)
        self._soles = {side: node.create_publisher(WrenchStamped, f'{side}_sole/wrench', 1) for side in robot.legs}
        self._image = node.create_publisher(Image, 'head_camera/color/image_raw', 1)
        self._parts = node.create_publisher(Detection3DArray, 'detections/parts', 1)
        self._work = node.create_publisher(String, 'work/status', LATCHED)
        self._safety = node.create_publisher(String, 'safety/state', LATCHED)
        self.stopped_at: list[float] = []
        self.paused = False
        self.hoisted = 0
        self.state = SafetyState(mode='running', stop=StopCategory.NONE, since=0.0, summary='all is well')
        node.create_service(Trigger, 'safety/stop', self._on_stop)
        node.create_service(Trigger, 'safety/hold', self._on_hold)
        node.create_service(Trigger, 'simulation/hoist', self._on_hoist)
        node.create_service(Trigger, 'safety/reset', self._on_reset)
        node.create_service(SetBool, 'simulation/pause', self._on_pause)
        node.create_timer(0.02, self._publish_motion)
        node.create_timer(0.1, self._publish_rest)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(node)
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._thread.start()
        self._begin = time.monotonic()

    @property
    def watched(self) -> bool:
        """Whether anybody subscribes."""
        return self._joints.get_subscription_count() > 0

    def close(self) -> None:
        """End the thread and the node."""
        self._executor.shutdown()
        self._thread.join(timeout=5)
        self.node.destroy_node()
        self.context.try_shutdown()

    def _spin(self) -> None:
        while self.context.ok() and not self._executor._is_shutdown:
            self._executor.spin_once(timeout_sec=0.2)

    def _publish_motion(self) -> None:
        now = self.node.get_clock().now().to_msg()
        position = dict(self._position)
        position['l_elbow'] = -0.8 + 0.6 * math.sin(3.0 * (time.monotonic() - self._begin))
        joints = JointState(
            name=list(self._names),
            position=list(position.values()),
            velocity=[0.0] * len(position),
            effort=[5.0] * len(position),
        )
        joints.header.stamp = now
        self._joints.publish(joints)
        odom = Odometry()
        odom.header.stamp = now
        odom.pose.pose.position.z = STANDING
        self._odom.publish(odom)
        for publisher in self._soles.values():
            wrench = WrenchStamped()
            wrench.header.stamp = now
            wrench.wrench.force.z = 250.0
            publisher.publish(wrench)

    def _publish_rest(self) -> None:
        self._safety.publish(String(data=self.state.to_json()))
        self._work.publish(
            String(
                data=json.dumps(
                    {'cycle': 2, 'cycles': 3, 'stage': 'left: place', 'both_rate': 0.5, 'time_left_s': 95.0}
                )
            )
        )
        picture = np.zeros((480, 640, 3), np.uint8)
        picture[:, :, 2] = 200
        self._image.publish(Image(height=480, width=640, encoding='rgb8', step=1920, data=picture.tobytes()))
        nut = Detection3D(id='nut_1')
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id, result.hypothesis.score = 'nut', 0.9
        result.pose.pose.position.x, result.pose.pose.position.y, result.pose.pose.position.z = 0.4, 0.3, 0.91
        nut.results = [result]
        self._parts.publish(Detection3DArray(detections=[nut]))

    def _on_stop(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self.stopped_at.append(time.monotonic())
        self.state = SafetyState(
            mode='sitting', stop=StopCategory.CONTROLLED_SIT, since=1.0, faults=(HELD,), summary='stop was pressed'
        )
        response.success, response.message = True, 'sitting down'
        return response

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self.state = SafetyState(mode='running', stop=StopCategory.NONE, since=2.0, summary='all is well')
        response.success, response.message = True, 'free to work'
        return response

    def _on_hold(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self.state = SafetyState(mode='holding', stop=StopCategory.PROTECTIVE, since=1.0, summary='hold was pressed')
        response.success, response.message = True, 'holding still'
        return response

    def _on_hoist(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self.hoisted += 1
        response.success, response.message = False, 'the robot has power'
        return response

    def _on_pause(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self.paused, response.success = request.data, True
        return response
