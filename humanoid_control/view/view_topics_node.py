# SPDX-License-Identifier: Apache-2.0
"""The topics that a person wants to see, into a ViewState."""

from __future__ import annotations

import json
import math
import time

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rcl_interfaces.msg import Log
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import String
from vision_msgs.msg import Detection3DArray

from humanoid_control.middleware.polled_topics_node import LATCHED, SENSOR, PolledTopics
from humanoid_control.safety.robot_topics_node import RobotTopics, pose_matrix
from humanoid_control.safety.safety_state import SafetyState, SafetyStateError
from humanoid_control.view.part_sighting import PartSighting
from humanoid_control.view.view_state import LogLine, ViewState

MANY = QoSProfile(depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)
EXPECTED = ('joint_states', 'odom')


class ViewTopics:
    """Subscriptions of one spell of watching.

    Attributes:
        state: what has been seen.
    """

    def __init__(
        self, node: Node, sides: tuple[str, ...], cameras: tuple[str, ...], silent_after: float, state: ViewState
    ):
        """Subscribe to everything; `state` goes on from what earlier spells left in it."""
        self.state = state
        self._silent_after = silent_after
        self._begin = time.monotonic()
        self._safety_seen = -math.inf
        self._motion, self._text, self._cameras = PolledTopics(node), PolledTopics(node), PolledTopics(node)
        robot = RobotTopics(self._motion, sides, imu=False, reference=False)
        state.sample = robot.sample
        self._text.add(String, 'safety/state', self._on_safety, LATCHED)
        self._text.add(String, 'work/status', self._on_work, LATCHED)
        self._text.add(DiagnosticStatus, 'kinematics/status', self._on_kinematics)
        self._text.add(DiagnosticArray, 'diagnostics', self._on_diagnostics, MANY)
        self._text.add(Log, '/rosout', self._on_log, MANY)
        for topic in ('detections/station', 'detections/parts'):
            self._text.add(Detection3DArray, topic, lambda m, t=topic: self._on_detections(t, m))
        for camera in cameras:
            self._cameras.add(Image, f'{camera}/color/image_raw', lambda m, c=camera: self._on_image(c, m), SENSOR)

    def read_motion(self) -> None:
        """Read joints, base and soles."""
        self._motion.poll()

    def read_text(self) -> None:
        """Read everything but motion and pictures; note what is silent."""
        self._text.poll()
        now = time.monotonic()
        if now - self._safety_seen > self._silent_after:
            self.state.safety = None
        arrival = self.state.sample.arrival
        self.state.silent = tuple(t for t in EXPECTED if now - arrival.get(t, self._begin) > self._silent_after)

    def read_pictures(self) -> None:
        """Read the newest picture of each camera."""
        self.state.pictures.clear()
        self._cameras.poll()

    def close(self) -> None:
        """End the subscriptions."""
        for topics in (self._motion, self._text, self._cameras):
            topics.close()

    def _on_safety(self, message: String) -> None:
        try:
            self.state.safety = SafetyState.from_json(message.data)
        except SafetyStateError as error:
            self.state.answer = str(error)
            return
        self._safety_seen = time.monotonic()

    def _on_work(self, message: String) -> None:
        try:
            content = json.loads(message.data)
        except ValueError:
            content = None
        self.state.work = content if isinstance(content, dict) else {'stage': f'unreadable: {message.data[:60]}'}

    def _on_kinematics(self, message: DiagnosticStatus) -> None:
        self.state.refusal = '' if message.level == DiagnosticStatus.OK else message.message

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            joint = status.name.replace('/', ' ').rpartition(' ')[2]
            for pair in status.values:
                if pair.key == 'temperature':
                    try:
                        self.state.temperature[joint] = float(pair.value)
                    except ValueError:
                        self.state.temperature.pop(joint, None)

    def _on_log(self, message: Log) -> None:
        if message.level >= Log.INFO:
            self.state.log.append(LogLine(message.level, message.name, message.msg))

    def _on_detections(self, topic: str, message: Detection3DArray) -> None:
        seen = []
        for detection in message.detections:
            if detection.results:
                best = detection.results[0]
                kind = 'station' if topic.endswith('station') else best.hypothesis.class_id
                seen.append(
                    PartSighting(
                        kind,
                        detection.id or best.hypothesis.class_id,
                        best.hypothesis.score,
                        pose_matrix(best.pose.pose),
                    )
                )
        self.state.parts[topic] = tuple(seen)

    def _on_image(self, camera: str, message: Image) -> None:
        if message.encoding == 'rgb8' and len(message.data) == 3 * message.width * message.height:
            self.state.pictures[camera] = np.frombuffer(message.data, np.uint8).reshape(
                message.height, message.width, 3
            )
