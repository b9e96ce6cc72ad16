# SPDX-License-Identifier: Apache-2.0
"""`walk/status` and `walk/footsteps` as messages."""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import Pose, PoseStamped, Quaternion
from nav_msgs.msg import OccupancyGrid, Path
from rclpy.time import Time

from humanoid_control.balance.walk import Footstep
from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.walk_status import WalkStatus

OCCUPIED = 50        # percent from which a cell of an occupancy grid is an obstacle


def read_status(message: DiagnosticStatus, soles: Sequence[str]) -> WalkStatus:
    """State of the gait; `soles`: names of the left and right sole frame.

    Raises WalkingError when something is missing in the message.
    """
    values = {entry.key: entry.value for entry in message.values}
    try:
        left, right, target = (Pose2(*map(float, values[key].split())) for key in ('left sole', 'right sole', 'target'))
        return WalkStatus(standing=values['phase'] == 'standing', soles=(left, right),
                          swing_foot=list(soles).index(values['swing foot']), target=target,
                          footsteps_left=int(values['footsteps left']), plan=int(values['plan']),
                          balancing=message.level == DiagnosticStatus.OK)
    except (KeyError, ValueError, TypeError) as error:
        raise WalkingError(f'walk/status is not understood: {error!r}') from error


def write_footsteps(footsteps: Sequence[Footstep], plan: int, frame: str, soles: Sequence[str], first: int = 0) -> Path:
    """Footsteps in `frame`; the number of the plan [ns] is the message's stamp, the frame_id of a pose names its sole.

    first: number of the first footstep [ns], a pose's stamp counts on from there; 0: they are new, whatever was made before.
    """
    path = Path()
    path.header.frame_id, path.header.stamp = frame, Time(nanoseconds=plan).to_msg()
    for number, step in enumerate(footsteps, first):
        stamped = PoseStamped(pose=pose_message(Pose2(step.x, step.y, step.yaw)))
        stamped.header.frame_id = soles[step.foot]
        stamped.header.stamp = Time(nanoseconds=number if first else 0).to_msg()
        path.poses.append(stamped)
    return path


def pose_message(pose: Pose2) -> Pose:
    """A pose on the floor."""
    message = Pose()
    message.position.x, message.position.y = pose.x, pose.y
    message.orientation.z, message.orientation.w = math.sin(pose.yaw / 2), math.cos(pose.yaw / 2)
    return message


def read_pose(message: Pose) -> Pose2:
    """The floor part of a pose; WalkingError when a number isn't finite or the quaternion isn't a unit one."""
    p, q = message.position, message.orientation
    if not all(map(math.isfinite, (p.x, p.y))) or not abs(_norm(q) - 1.0) < 1e-3:
        raise WalkingError(f'expected a finite position and a unit quaternion, got ({p.x}, {p.y}) and '
                           f'({q.x}, {q.y}, {q.z}, {q.w})')
    return Pose2(p.x, p.y, math.atan2(2 * (q.w * q.z + q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z)))


def read_occupied(message: OccupancyGrid) -> np.ndarray:
    """Middles (n, 2) [m] of the occupied cells, in the grid's frame; WalkingError when it has another size than it says."""
    rows, columns = np.nonzero(read_cells(message) >= OCCUPIED)
    return read_pose(message.info.origin).carry((np.stack([columns, rows], axis=1) + 0.5) * message.info.resolution)


def read_cells(message: OccupancyGrid) -> np.ndarray:
    """Cells (rows along y, columns along x) int8 as in the message; WalkingError when it has another size than it says."""
    info = message.info
    if len(message.data) != info.height * info.width:
        raise WalkingError(f'expected {info.height} x {info.width} cells, got {len(message.data)}')
    return np.asarray(message.data, np.int8).reshape(info.height, info.width)


def _norm(q: Quaternion) -> float:
    return math.sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w)
