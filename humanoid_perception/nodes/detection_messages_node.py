# SPDX-License-Identifier: Apache-2.0
"""Detections as messages."""

from __future__ import annotations

from typing import Any

import pinocchio as pin
from geometry_msgs.msg import Pose
from std_msgs.msg import ColorRGBA
from vision_msgs.msg import Detection3D, ObjectHypothesisWithPose
from visualization_msgs.msg import Marker

from humanoid_perception.pose_estimate import PoseEstimate

ODOM = 'odom'
_COLOURS = {'nut': (0.95, 0.75, 0.2), 'pin': (0.2, 0.7, 1.0), 'seated_nut': (0.3, 0.9, 0.3)}
_MARKER_LIFE = 2  # [s]


def detection_message(
    kind: str, name: str, score: float, estimate: PoseEstimate, size: tuple[float, float, float], stamp: Any
) -> Detection3D:
    """Return one part or station in `odom`.

    Args:
        kind, name, score: class, id and score of the only hypothesis.
        estimate: pose with covariance.
        size: box around it [m].
        stamp: builtin_interfaces/Time of the image.
    """
    detection = Detection3D(id=name)
    detection.header.stamp = stamp
    detection.header.frame_id = ODOM
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id = kind
    result.hypothesis.score = float(min(1.0, max(0.0, score)))
    fill_pose(result.pose.pose, estimate.pose)
    result.pose.covariance = estimate.covariance.ravel()
    detection.results = [result]
    detection.bbox.center = result.pose.pose
    detection.bbox.size.x, detection.bbox.size.y, detection.bbox.size.z = map(float, size)
    return detection


def fill_pose(message: Pose, pose: pin.SE3) -> None:
    """Write an SE3 into a Pose."""
    x, y, z, qx, qy, qz, qw = map(float, pin.SE3ToXYZQUAT(pose))
    message.position.x, message.position.y, message.position.z = x, y, z
    message.orientation.x, message.orientation.y, message.orientation.z, message.orientation.w = qx, qy, qz, qw


def part_markers(detections: list[Detection3D]) -> list[Marker]:
    """Return a cylinder and a label per part, which vanish when they aren't renewed."""
    markers = []
    for detection in detections:
        kind, score = detection.results[0].hypothesis.class_id, detection.results[0].hypothesis.score
        body = Marker(
            header=detection.header, ns='parts', id=_number(detection.id, 0), type=Marker.CYLINDER, action=Marker.ADD
        )
        fill = _COLOURS.get(kind, (0.8, 0.8, 0.8))
        body.color = ColorRGBA(r=fill[0], g=fill[1], b=fill[2], a=0.3 + 0.6 * score)
        body.pose.position = detection.bbox.center.position
        body.pose.orientation = detection.bbox.center.orientation
        body.scale = detection.bbox.size
        body.lifetime.sec = _MARKER_LIFE
        label = Marker(
            header=detection.header,
            ns='parts',
            id=_number(detection.id, 1),
            type=Marker.TEXT_VIEW_FACING,
            action=Marker.ADD,
            text=f'{detection.id} {100 * score:.0f} %',
        )
        label.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
        label.pose.position.x = detection.bbox.center.position.x
        label.pose.position.y = detection.bbox.center.position.y
        label.pose.position.z = detection.bbox.center.position.z + 0.03
        label.scale.z = 0.012
        label.lifetime.sec = _MARKER_LIFE
        markers += [body, label]
    return markers


def _number(name: str, kind: int) -> int:
    """Return a marker id [0, 2^31) that stays the same for a name."""
    return (sum(ord(c) * 31**i for i, c in enumerate(name)) * 2 + kind) % 2**31
