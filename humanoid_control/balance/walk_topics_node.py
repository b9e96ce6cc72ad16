# SPDX-License-Identifier: Apache-2.0
"""Walking over topics for the balance node: velocities and footsteps in, state of the gait out."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from geometry_msgs.msg import Quaternion, TwistStamped
from nav_msgs.msg import Path
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message

from humanoid_control.balance.walk import Footstep, FootstepNumbers, GaitError, GaitPhase, WalkInterface
from humanoid_control.middleware.polled_subscription_node import PolledSubscription

LISTEN_PERIOD = 10_000_000       # [ns]
STATUS_PERIOD = 100_000_000      # [ns]
LATEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class WalkTopics:
    """Subscribes to `walk/command` and `walk/footsteps`, publishes `walk/status`; timed by the stamps of low_state.

    A velocity holds until the next one or until nothing came for `timeout`; zero means standing. It replaces
    footsteps, and footsteps replace it. After a fall or failure nothing is obeyed until there was silence.
    """

    def __init__(self, node: Node, walking: WalkInterface, odometry_frame: str, soles: Mapping[str, int], timeout: float,
                 refuse: Callable[[str, str], None]):
        """For one controller.

        Args:
            soles: number of the foot by the name of its sole frame.
            timeout: of a velocity [s].
            refuse: is told topic and reason of every refused message.
        """
        self._node, self._walking, self._frame, self._soles, self._refuse = node, walking, odometry_frame, soles, refuse
        self._names = {foot: name for name, foot in soles.items()}
        self._timeout = round(timeout * 1e9)
        self._velocities = PolledSubscription(node, TwistStamped, 'walk/command', LATEST)
        self._footsteps = PolledSubscription(node, Path, 'walk/footsteps', LATEST)
        self._publisher = node.create_publisher(DiagnosticStatus, 'walk/status', LATCHED)
        self._listen_due = self._status_due = -1
        self._heard: int | None = None
        self._plan = 0
        self._numbers = FootstepNumbers()
        self._steps_seen: tuple = ()
        self._waits_for_silence = False

    def destroy(self) -> None:
        """Take the topics down."""
        self._node.destroy_publisher(self._publisher)
        for polled in (self._velocities, self._footsteps):
            self._node.destroy_subscription(polled.subscription)
        del self._velocities, self._footsteps

    def tick(self, stamp: int, standing: bool) -> None:
        """Look at what came and tell what is new; `standing`: whether the controller works, or bridges a moment."""
        if 0 < self._listen_due - stamp <= LISTEN_PERIOD:
            return
        self._listen_due = stamp + LISTEN_PERIOD
        if not standing:
            self._waits_for_silence, self._plan = True, 0
            self._numbers.forget()
        self._take_velocity(stamp, standing)
        self._take_footsteps(standing)
        seen = (self._walking.output.mode, self._walking.state.steps, self._walking.footsteps_left, self._plan, standing)
        if seen != self._steps_seen or not 0 < self._status_due - stamp <= STATUS_PERIOD:
            self._steps_seen, self._status_due = seen, stamp + STATUS_PERIOD
            self._publish(standing)

    def _take_velocity(self, stamp: int, standing: bool) -> None:
        data = self._velocities.take()
        if data is None:
            if self._heard is not None and not 0 <= stamp - self._heard <= self._timeout:
                self._heard, self._waits_for_silence = None, False
                self._walking.halt()
            elif self._heard is None and standing:
                self._waits_for_silence = False
            return
        self._heard = stamp
        twist = deserialize_message(data, TwistStamped).twist
        velocity = (twist.linear.x, twist.linear.y, twist.angular.z)
        if not any(velocity):
            self._waits_for_silence = False
            self._walking.halt()
        elif not standing or self._waits_for_silence:
            self._refuse('walk/command', 'the robot does not stand, or has just been set up again: stop commanding first')
        else:
            try:
                self._walking.walk(velocity)
            except GaitError as error:
                self._walking.halt()
                self._refuse('walk/command', str(error))
            else:
                self._drop_footsteps()

    def _take_footsteps(self, standing: bool) -> None:
        data = self._footsteps.take()
        if data is None:
            return
        path = deserialize_message(data, Path)
        plan = _number(path.header.stamp)
        if plan and plan == self._plan:
            return  # said again by somebody who had not heard of it yet
        try:
            if not standing:
                raise GaitError('the robot does not stand')
            footsteps = [self._footstep(pose, path.header.frame_id) for pose in path.poses]
            self._walking.halt()
            made = self._numbers.take([_number(pose.header.stamp) for pose in path.poses], self._walking.footsteps_left)
            self._walking.follow(footsteps[made:])
        except GaitError as error:
            self._refuse('walk/footsteps', str(error))
            return
        self._plan = plan

    def _footstep(self, pose, frame: str) -> Footstep:
        foot = self._soles.get(pose.header.frame_id)
        if frame != self._frame or foot is None:
            raise GaitError(f'expected poses of {", ".join(self._soles)} (each named by its frame_id) in {self._frame!r}, '
                            f'got one of {pose.header.frame_id!r} in {frame!r}')
        position = pose.pose.position
        return Footstep(foot, position.x, position.y, yaw_of(pose.pose.orientation))

    def _drop_footsteps(self) -> None:
        self._numbers.take((), self._walking.footsteps_left)
        if self._walking.footsteps_left:
            self._walking.follow([])
        self._plan = 0

    def _publish(self, standing: bool) -> None:
        state, output = self._walking.state, self._walking.output
        left, right, target = ((pose.x, pose.y, pose.yaw) for pose in (*state.sole, self._walking.target))
        stepping = self._walking.phase is GaitPhase.STEPPING
        values = {'phase': self._walking.phase.name.lower(), 'plan': str(self._plan),
                  'footsteps left': str(self._walking.footsteps_left), 'steps': str(state.steps),
                  'swing foot': self._names[1 - state.stance], 'target': _text(target),
                  'left sole': _text(left), 'right sole': _text(right), 'velocity': _text(state.velocity),
                  'error beyond reach [m]': f'{output.residual:.3f}'}
        message = ('walking' if stepping else 'standing') if standing else 'not balancing'
        level = DiagnosticStatus.OK if standing else DiagnosticStatus.ERROR
        status = DiagnosticStatus(level=level, name=f'{self._node.get_name()}: gait', message=message)
        status.values = [KeyValue(key=key, value=value) for key, value in values.items()]
        self._publisher.publish(status)


def yaw_of(q: Quaternion) -> float:
    """Yaw [rad] of an upright orientation; GaitError when it isn't a unit quaternion."""
    norm = math.sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w)
    if not abs(norm - 1.0) < 1e-3:
        raise GaitError(f'expected a unit quaternion, got ({q.x}, {q.y}, {q.z}, {q.w})')
    return math.atan2(2 * (q.w * q.z + q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z))


def _number(stamp: Time) -> int:
    """A plan or footstep is numbered by a time [ns]."""
    return stamp.sec * 1_000_000_000 + stamp.nanosec


def _text(values) -> str:
    return ' '.join(f'{value:.5f}' for value in values)
