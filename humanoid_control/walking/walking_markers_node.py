# SPDX-License-Identifier: Apache-2.0
"""What rviz draws of walking: footsteps, goal and the floor map."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from builtin_interfaces.msg import Time
from nav_msgs.msg import OccupancyGrid
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from humanoid_control.balance.walk import Footstep
from humanoid_control.walking.floor_map import FREE, FloorMap
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.walk_status_codec_node import pose_message

COLOURS = ((0.9, 0.4, 0.1), (0.1, 0.5, 0.9))    # left, right
SHOWN = 40                                       # footsteps
SOLE = (0.22, 0.10, 0.005)                       # [m]


def footstep_markers(footsteps: Sequence[Footstep], goal: Pose2 | None, frame: str, stamp: Time) -> MarkerArray:
    """The footsteps ahead and the goal, in the frame of the map; markers of earlier ones are deleted."""
    clear = Marker(ns='walking/footsteps', action=Marker.DELETEALL)
    clear.header.frame_id = frame
    markers = [clear]
    for number, step in enumerate(footsteps[:SHOWN]):
        markers.append(_marker('walking/footsteps', number, Marker.CUBE, Pose2(step.x, step.y, step.yaw), SOLE,
                               COLOURS[step.foot], frame, stamp))
    if goal is not None:
        markers.append(_marker('walking/goal', 0, Marker.ARROW, goal, (0.4, 0.05, 0.05), (0.2, 0.8, 0.3), frame, stamp))
    return MarkerArray(markers=markers)


def occupancy(floor: FloorMap, stamp: Time) -> OccupancyGrid:
    """The floor map as rviz and navigation tools know it."""
    grid = OccupancyGrid()
    grid.header.frame_id, grid.header.stamp = floor.frame, stamp
    grid.info.resolution = floor.resolution
    grid.info.height, grid.info.width = floor.labels.shape
    grid.info.origin = pose_message(Pose2(*floor.origin, 0.0))
    grid.data = np.where(floor.labels == FREE, 0, 100).astype(np.int8).ravel().tolist()
    return grid


def _marker(namespace: str, number: int, kind: int, pose: Pose2, size: tuple[float, float, float],
            colour: tuple[float, float, float], frame: str, stamp: Time) -> Marker:
    marker = Marker(ns=namespace, id=number, type=kind, action=Marker.ADD, pose=pose_message(pose))
    marker.header.frame_id, marker.header.stamp = frame, stamp
    marker.scale.x, marker.scale.y, marker.scale.z = size
    marker.color = ColorRGBA(r=colour[0], g=colour[1], b=colour[2], a=0.8)
    return marker
