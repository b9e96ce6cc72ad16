# SPDX-License-Identifier: Apache-2.0
"""Node `station_localiser`: where the stations are, by their tag boards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pinocchio as pin
from geometry_msgs.msg import PoseStamped, TransformStamped
from sensor_msgs.msg import Image
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection3DArray

from humanoid_control.middleware.polled_topics_node import LATCHED
from humanoid_control.middleware.process_node import run_process
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.errors import BoardNotSeenError
from humanoid_perception.image_decoding import decode_colour
from humanoid_perception.nodes.configurations import StationLocaliserConfiguration
from humanoid_perception.nodes.detection_messages_node import ODOM, detection_message
from humanoid_perception.nodes.perception_node import PerceptionNode
from humanoid_perception.tags.board_pose import BoardSighting
from humanoid_perception.tags.station_localiser import StationLocaliser


class StationLocaliserNode(PerceptionNode):
    """Publishes `detections/station` and the TF odom -> station frame of every station whose board is seen."""

    def __init__(self) -> None:
        super().__init__('station_localiser', StationLocaliserConfiguration, ('color',))
        self._localisers = {
            name: StationLocaliser(placed.station.board, self.configuration.localiser)
            for name, placed in self.site.stations.items()
        }
        self._sightings: dict[str, BoardSighting] = {}
        self._stance: tuple[float, ...] | None = None
        self._seen_last = float('inf')  # [s]
        if len(self._localisers) > 1:
            self.create_subscription(PoseStamped, 'stance', self._on_stance, LATCHED)
        self._detections = self.create_publisher(Detection3DArray, 'detections/station', 5)
        self._transforms = self.create_publisher(TFMessage, 'tf', 10)
        self.get_logger().info(f'looking for the tag boards of {self.station_names} on {self.topic("color")}')

    def process(self, images: dict[str, Image], camera: CameraModel, camera_pose: pin.SE3, stamp: Any) -> None:
        """Localise the stations in one image; see `PerceptionNode.process`."""
        self._sightings = {}
        colour = decode_colour(images['color'], self.topic('color'))
        corners: dict[str, dict[int, np.ndarray]] = {}
        missed = []
        for name, localiser in self._localisers.items():
            if localiser.family not in corners:
                corners[localiser.family] = localiser.detect(colour, camera)
            try:
                self._sightings[name] = localiser.take(
                    corners[localiser.family], camera, camera_pose, stamp.sec + 1e-9 * stamp.nanosec
                )
            except BoardNotSeenError as error:
                missed.append(error)
        seconds = stamp.sec + 1e-9 * stamp.nanosec
        if self._sightings:
            self._seen_last = seconds
            self._publish(stamp)
            return
        self._seen_last = min(self._seen_last, seconds)  # since when it looks, and after the clock was set back
        if seconds - self._seen_last < self.configuration.localiser.patience:
            return
        if len(missed) > 1:
            raise BoardNotSeenError(f'{camera.name}: no tag board of {self.station_names} is in view')
        raise missed[0]

    def values(self) -> dict[str, str]:
        """Return tags seen and how well they fit, and how well the station seen last is known."""
        values = super().values()
        for name, sighting in self._sightings.items():
            values['station'] = name
            values['tags'] = ' '.join(map(str, sighting.tag_ids))
            values['reprojection_px'] = f'{sighting.reprojection:.2f}'
        known = [localiser for localiser in self._localisers.values() if localiser.station is not None]
        if known:
            latest = max(known, key=lambda localiser: localiser.stamp)
            deviation = np.sqrt(np.diag(latest.station.covariance))
            values['position_deviation_mm'] = f'{1e3 * deviation[:3].max():.2f}'
            values['rotation_deviation_deg'] = f'{np.degrees(deviation[3:].max()):.3f}'
        return values

    def _on_stance(self, message: PoseStamped) -> None:
        """A step was made: what was averaged before is off by how the odometry drifted in it."""
        p, q = message.pose.position, message.pose.orientation
        stance = (p.x, p.y, p.z, q.x, q.y, q.z, q.w)
        if self._stance is not None and stance != self._stance:
            for localiser in self._localisers.values():
                localiser.forget()
        self._stance = stance

    def _publish(self, stamp: Any) -> None:
        array = Detection3DArray()
        array.header.stamp = stamp
        array.header.frame_id = ODOM
        transforms = TFMessage()
        for name, sighting in self._sightings.items():
            station, estimate = self.site.stations[name].station, self._localisers[name].station
            centres = np.array(list(station.board.tags.values()))
            extent = np.ptp(centres, axis=0) + station.board.tag_size
            score = len(sighting.tag_ids) / len(station.board.tags)
            detection = detection_message('station', name, score, estimate, (*extent, 0.002), stamp)
            array.detections.append(detection)
            transform = TransformStamped(child_frame_id=station.frame)
            transform.header = array.header
            pose = detection.results[0].pose.pose
            transform.transform.rotation = pose.orientation
            transform.transform.translation.x = pose.position.x
            transform.transform.translation.y = pose.position.y
            transform.transform.translation.z = pose.position.z
            transforms.transforms.append(transform)
        self._detections.publish(array)
        self._transforms.publish(transforms)


def main() -> int:
    """Run the node; the exit code is 0 on Ctrl-C."""
    return run_process('station_localiser', StationLocaliserNode)
