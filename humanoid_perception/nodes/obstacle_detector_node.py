# SPDX-License-Identifier: Apache-2.0
"""Node `obstacle_detector`: what stands on the floor around the robot."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import pinocchio as pin
from diagnostic_msgs.msg import DiagnosticStatus
from nav_msgs.msg import OccupancyGrid
from rcl_interfaces.msg import FloatingPointRange, ParameterDescriptor
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image

from humanoid_control.middleware.process_node import run_process
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.image_decoding import decode_depth
from humanoid_perception.nodes.configurations import ObstacleDetectorConfiguration
from humanoid_perception.nodes.detection_messages_node import ODOM
from humanoid_perception.nodes.node_settings import RATES
from humanoid_perception.nodes.perception_node import PerceptionNode
from humanoid_perception.obstacles.obstacle_grid import ObstacleGrid
from humanoid_perception.obstacles.skeleton import Skeleton

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class ObstacleDetectorNode(PerceptionNode):
    """Publishes `obstacles` in `odom` for every depth image that it uses."""

    def __init__(self) -> None:
        super().__init__('obstacle_detector', ObstacleDetectorConfiguration, ('depth',))
        self._grid = ObstacleGrid(self.configuration.grid)
        self._skeleton = Skeleton(self.robot, self._chain)
        self._publisher = self.create_publisher(OccupancyGrid, 'obstacles', 1)
        self.declare_parameter(
            'rate_walking',
            self.configuration.node.rate_walking,
            ParameterDescriptor(
                description='images used in a second while the robot steps, at most [Hz]',
                floating_point_range=[FloatingPointRange(from_value=RATES[0], to_value=RATES[1])],
            ),
        )
        self._steps = False
        self._topics.add(DiagnosticStatus, 'walk/status', self._on_walk_status, LATCHED)
        self.get_logger().info(f'looking for obstacles on {self.topic("depth")}')

    def process(self, images: dict[str, Image], camera: CameraModel, camera_pose: pin.SE3, stamp: Any) -> None:
        """Find the obstacles in one image; see `PerceptionNode.process`."""
        seconds = stamp.sec + 1e-9 * stamp.nanosec
        skeleton = self._skeleton
        skeleton.move(*self._chain.history.at(seconds))
        depth = decode_depth(images['depth'], self.topic('depth'))
        self._grid.update(depth, camera, camera_pose, skeleton.base, skeleton.floor, skeleton.bones, seconds)
        self._publish(stamp)

    @property
    def rate(self) -> float:
        """See `PerceptionNode.rate`: more often while the robot steps towards what it may run into."""
        return self.get_parameter('rate_walking').value if self._steps else super().rate

    def _on_walk_status(self, message: DiagnosticStatus) -> None:
        self._steps = any(value.key == 'phase' and value.value != 'standing' for value in message.values)

    def values(self) -> dict[str, str]:
        """Return how much of the floor is occupied."""
        return {**super().values(), 'occupied_cells': str(len(self._grid.occupied()))}

    def _publish(self, stamp: Any) -> None:
        origin, cells = self._grid.window()
        message = OccupancyGrid()
        message.header.stamp = message.info.map_load_time = stamp
        message.header.frame_id = ODOM
        message.info.resolution = self.configuration.grid.resolution
        message.info.height, message.info.width = cells.shape
        message.info.origin.position.x, message.info.origin.position.y = map(float, origin)
        message.data = array('b', np.ascontiguousarray(cells).tobytes())
        self._publisher.publish(message)


def main() -> int:
    """Run the node; the exit code is 0 on Ctrl-C."""
    return run_process('obstacle_detector', ObstacleDetectorNode)
