# SPDX-License-Identifier: Apache-2.0
"""Node `hand_markers`: handles in rviz2 that move the robot's hands, where ROS 2 has interactive markers."""

from __future__ import annotations

import functools
import importlib
import sys

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from visualization_msgs.msg import InteractiveMarkerFeedback

from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.polled_topics_node import PolledTopics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model import RobotConfiguration, load_urdf, share_path
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety.robot_topics_node import RobotTopics
from humanoid_control.view.errors import ViewError
from humanoid_control.view.hand_handle_node import BACK, MENU, SEND, hand_handle, pose_of

NAMESPACE = 'hand_markers'
PERIOD = 0.2  # [s] of real time between looks at where the hands are
FRAME = 'odom'


class HandMarkersNode(ProcessNode, Node):
    """A handle rests on its hand until somebody drags it; its menu sends the hand there, or the handle back.

    A hand that something else moves, a shift for example, is not sent anywhere.
    """

    def __init__(self) -> None:
        """Raises ViewError where ROS 2 has no interactive markers, ConfigurationError when the robot file is bad."""
        try:
            server = importlib.import_module('interactive_markers').InteractiveMarkerServer
        except ModuleNotFoundError as error:
            raise ViewError(
                'the Python package interactive_markers is not installed; with ROS 2: '
                'sudo apt-get install ros-$ROS_DISTRO-interactive-markers'
            ) from error
        super().__init__('hand_markers')
        robot_file = self.declare_parameter(
            'robot_file',
            str(share_path('config', 'robots', 'humanoid.yaml')),
            ParameterDescriptor(description='robot file', read_only=True),
        ).value
        robot = RobotConfiguration.load(robot_file)
        self._tree = LinkTree(load_urdf(share_path(robot.urdf)))
        self._grippers = {f'{side}_hand': self._tree.index(arm.gripper) for side, arm in robot.arms.items()}
        self._topics = PolledTopics(self)
        self._sample = RobotTopics(self._topics, (), imu=False, reference=False).sample
        self._targets = {hand: self.create_publisher(PoseStamped, f'{hand}/target', 1) for hand in self._grippers}
        self._server = server(self, NAMESPACE)
        self._shown: set[str] = set()
        self._dragged: set[str] = set()
        self._answer = ''
        self._diagnostics = Diagnostics(self, 'handles', robot.name)
        steady = Clock(clock_type=ClockType.STEADY_TIME)  # simulated time may stand still
        self.create_timer(PERIOD, self.follow, clock=steady)
        self.create_timer(REPORT_PERIOD, self._report, clock=steady)

    def close(self) -> None:
        """Take the handles away."""
        self._server.shutdown()

    def follow(self) -> None:
        """Bring the handles that nobody has dragged to their hands."""
        self._topics.poll()
        if self._sample.base is None or not self._sample.position:
            return
        poses = self._tree.poses(self._sample.position, self._sample.base)
        for hand, row in self._grippers.items():
            if hand in self._dragged or not np.all(np.isfinite(poses[row])):
                continue
            if hand in self._shown:
                self._server.setPose(hand, pose_of(poses[row]))
            else:
                handle = hand_handle(hand, FRAME, poses[row])
                self._server.insert(handle, feedback_callback=functools.partial(self._on_feedback, hand))
                self._shown.add(hand)
        self._server.applyChanges()

    def _on_feedback(self, hand: str, feedback: InteractiveMarkerFeedback) -> None:
        if feedback.event_type == InteractiveMarkerFeedback.POSE_UPDATE:
            self._dragged.add(hand)
        elif feedback.event_type == InteractiveMarkerFeedback.MENU_SELECT:
            if feedback.menu_entry_id == SEND:
                self._send(hand, feedback)
            elif feedback.menu_entry_id == BACK:
                self._dragged.discard(hand)

    def _send(self, hand: str, feedback: InteractiveMarkerFeedback) -> None:
        topic = self.resolve_topic_name(f'{hand}/target')
        others = {info.node_name for info in self.get_publishers_info_by_topic(topic)} - {self.get_name()}
        if others:
            self._answer = f'{hand} is not moved: {", ".join(sorted(others))} moves it; end that first'
            self.get_logger().warning(self._answer)
            return
        # without a stamp: the handle stays where it was put however long that is ago
        target = PoseStamped(pose=feedback.pose)
        target.header.frame_id = feedback.header.frame_id
        self._targets[hand].publish(target)
        self._dragged.discard(hand)
        self._answer = f'{hand}: {MENU[SEND].lower()}'
        self.get_logger().info(self._answer)

    def _report(self) -> None:
        level, message = DiagnosticStatus.OK, 'handles are on the hands'
        if not self._shown:
            level, message = DiagnosticStatus.STALE, 'waiting for joint_states and odom'
        elif self._dragged:
            message = f'dragged: {", ".join(sorted(self._dragged))}'
        self._diagnostics.publish(level, message, {'handles': len(self._shown), 'last order': self._answer or 'none'})


def main() -> int:
    """Offer the handles until Ctrl-C; 1 where there are no interactive markers."""
    return run_process('hand_markers', HandMarkersNode)


if __name__ == '__main__':
    sys.exit(main())
