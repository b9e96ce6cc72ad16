# SPDX-License-Identifier: Apache-2.0
"""Node `part_detector`: nuts in the trays, pins on the fixture, nuts on the pins."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pinocchio as pin
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection3DArray
from visualization_msgs.msg import MarkerArray

from humanoid_control.middleware.process_node import run_process
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.errors import BoardNotSeenError
from humanoid_perception.image_decoding import decode_colour, decode_depth
from humanoid_perception.nodes.configurations import PartDetectorConfiguration
from humanoid_perception.nodes.detection_messages_node import ODOM, detection_message, part_markers
from humanoid_perception.nodes.perception_node import PerceptionNode
from humanoid_perception.parts.part_detection import PartDetection
from humanoid_perception.parts.part_finder import PartFinder
from humanoid_perception.parts.part_tracker import PartTracker
from humanoid_perception.rgbd_frame import RgbdFrame

_STATION_TOPIC = 'detections/station'


class PartDetectorNode(PerceptionNode):
    """Publishes `detections/parts` in `odom` and `markers` for every image pair that it uses."""

    def __init__(self) -> None:
        super().__init__('part_detector', PartDetectorConfiguration, ('color', 'depth'))
        self._finders = {
            name: PartFinder(placed.station, self.configuration.finder) for name, placed in self.site.stations.items()
        }
        self._finder = next(iter(self._finders.values()))
        self._tracker = PartTracker(self.configuration.tracker)
        # of the newest image with a board: pose in `odom` by station
        self._seen: dict[str, pin.SE3] = {}
        self._accepted: list[PartDetection] = []
        self._refused: list[PartDetection] = []
        self.create_subscription(Detection3DArray, _STATION_TOPIC, self._on_station, 5)
        self._detections = self.create_publisher(Detection3DArray, 'detections/parts', 5)
        self._markers = self.create_publisher(MarkerArray, 'markers', 5)
        self.get_logger().info(
            f'looking for the parts of {self.station_names} on {self.topic("color")} and {self.topic("depth")}'
        )

    def process(self, images: dict[str, Image], camera: CameraModel, camera_pose: pin.SE3, stamp: Any) -> None:
        """Find the parts in one frame; see `PerceptionNode.process`."""
        self._accepted, self._refused = [], []
        if not self._seen:
            raise BoardNotSeenError(
                f'{_STATION_TOPIC}: the station was not seen yet; turn the camera to the tag board and '
                'look whether station_localiser runs'
            )
        seconds = stamp.sec + 1e-9 * stamp.nanosec
        frame = RgbdFrame(
            decode_colour(images['color'], self.topic('color')),
            decode_depth(images['depth'], self.topic('depth')),
            camera,
            camera_pose,
            seconds,
        )
        nearest = min(self._seen, key=lambda name: np.linalg.norm(self._seen[name].translation - camera_pose.translation))
        self._finder = self._finders[nearest]
        found = self._finder.find(frame, self._seen[nearest])
        self._refused = [d for d in found if not self._finder.accepts(d)]
        self._accepted = self._tracker.update([d for d in found if self._finder.accepts(d)], seconds)
        self._publish(stamp)

    def values(self) -> dict[str, str]:
        """Return how many parts of each kind there are, and why others were refused."""
        values = super().values()
        values.update({kind: str(count) for kind, count in Counter(d.kind for d in self._accepted).items()})
        for number, refused in enumerate(self._refused):
            values[f'refused_{number}'] = f'{refused.kind} {refused.name}: score {refused.score:.2f}; {refused.remark}'
        return values

    def _on_station(self, message: Detection3DArray) -> None:
        seen = {}
        for detection in message.detections:
            if detection.id in self._finders and detection.results:
                pose = detection.results[0].pose.pose
                q = pose.orientation
                seen[detection.id] = pin.SE3(
                    pin.Quaternion(q.w, q.x, q.y, q.z).normalized(),
                    np.array([pose.position.x, pose.position.y, pose.position.z]),
                )
        self._seen = seen or self._seen

    def _publish(self, stamp: Any) -> None:
        array = Detection3DArray()
        array.header.stamp = stamp
        array.header.frame_id = ODOM
        array.detections = [
            detection_message(d.kind, d.name, d.score, d.estimate, d.size, stamp) for d in self._accepted
        ]
        self._detections.publish(array)
        self._markers.publish(MarkerArray(markers=part_markers(array.detections)))


def main() -> int:
    """Run the node; the exit code is 0 on Ctrl-C."""
    return run_process('part_detector', PartDetectorNode)
