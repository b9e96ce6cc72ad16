# SPDX-License-Identifier: Apache-2.0
"""Node `station_localiser`: where the station is, by its tag board."""

from __future__ import annotations

from typing import Any

import numpy as np
import pinocchio as pin
from geometry_msgs.msg import TransformStamped
from sensor_msgs.msg import Image
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection3DArray

from humanoid_control.middleware.process_node import run_process
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.image_decoding import decode_colour
from humanoid_perception.nodes.configurations import StationLocaliserConfiguration
from humanoid_perception.nodes.detection_messages_node import ODOM, detection_message
from humanoid_perception.nodes.perception_node import PerceptionNode
from humanoid_perception.tags.board_pose import BoardSighting
from humanoid_perception.tags.station_localiser import StationLocaliser


class StationLocaliserNode(PerceptionNode):
    """Publishes `detections/station` and the TF odom -> station frame whenever the board is seen."""

    def __init__(self) -> None:
        super().__init__('station_localiser', StationLocaliserConfiguration, ('color',))
        self._localiser = StationLocaliser(self.station.board, self.configuration.localiser)
        self._sighting: BoardSighting | None = None
        self._detections = self.create_publisher(Detection3DArray, 'detections/station', 5)
        self._transforms = self.create_publisher(TFMessage, 'tf', 10)
        self.get_logger().info(f'looking for the tag board of {self.station.name!r} on {self.topic("color")}')

    def process(self, images: dict[str, Image], camera: CameraModel, camera_pose: pin.SE3, stamp: Any) -> None:
        """Localise the station in one image; see `PerceptionNode.process`."""
        self._sighting = None
        colour = decode_colour(images['color'], self.topic('color'))
        self._sighting = self._localiser.update(colour, camera, camera_pose, stamp.sec + 1e-9 * stamp.nanosec)
        self._publish(stamp)

    def values(self) -> dict[str, str]:
        """Return tags seen and how well they fit, and how well the station is known."""
        values = super().values()
        if self._sighting is not None:
            values['tags'] = ' '.join(map(str, self._sighting.tag_ids))
            values['reprojection_px'] = f'{self._sighting.reprojection:.2f}'
        if self._localiser.station is not None:
            deviation = np.sqrt(np.diag(self._localiser.station.covariance))
            values['position_deviation_mm'] = f'{1e3 * deviation[:3].max():.2f}'
            values['rotation_deviation_deg'] = f'{np.degrees(deviation[3:].max()):.3f}'
        return values

    def _publish(self, stamp: Any) -> None:
        station, estimate = self.station, self._localiser.station
        centres = np.array(list(station.board.tags.values()))
        extent = np.ptp(centres, axis=0) + station.board.tag_size
        score = len(self._sighting.tag_ids) / len(station.board.tags)
        array = Detection3DArray()
        array.header.stamp = stamp
        array.header.frame_id = ODOM
        array.detections = [detection_message('station', station.name, score, estimate, (*extent, 0.002), stamp)]
        self._detections.publish(array)
        transform = TransformStamped(child_frame_id=station.frame)
        transform.header = array.header
        pose = array.detections[0].results[0].pose.pose
        transform.transform.rotation = pose.orientation
        transform.transform.translation.x = pose.position.x
        transform.transform.translation.y = pose.position.y
        transform.transform.translation.z = pose.position.z
        self._transforms.publish(TFMessage(transforms=[transform]))


def main() -> int:
    """Run the node; the exit code is 0 on Ctrl-C."""
    return run_process('station_localiser', StationLocaliserNode)
