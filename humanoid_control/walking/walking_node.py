# SPDX-License-Identifier: Apache-2.0
"""Node `walking`: cmd_vel and goal_pose in, velocities and footsteps for the balance controller out.

`cmd_vel` is limited, stopped before obstacles and forgotten when nobody repeats it. `goal_pose` is reached over planned
footsteps. A velocity command cancels a goal, a goal waits until velocity commands end.

It looks at its topics in rounds of real time, so that a robot that only stands costs next to nothing.
"""
from __future__ import annotations

import math
import sys
import time
from dataclasses import replace

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import (
    PointStamped,
    PoseStamped,
    PoseWithCovarianceStamped,
    TransformStamped,
    Twist,
    TwistStamped,
)
from nav_msgs.msg import OccupancyGrid, Path
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rosgraph_msgs.msg import Clock as ClockMessage
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection3DArray
from visualization_msgs.msg import MarkerArray

from humanoid_control.balance.walk import Footstep
from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.polled_topics_node import PolledTopics
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model import RobotConfiguration, SiteLayout, share_path
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.safety.heartbeat_node import Heartbeat
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.walking.errors import WalkingError
from humanoid_control.walking.floor_map import FloorMap
from humanoid_control.walking.footstep_planner import FootstepPlanner
from humanoid_control.walking.goal_walker import GoalState, GoalWalker
from humanoid_control.walking.map_alignment import MapAlignment
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.surroundings import Surroundings
from humanoid_control.walking.velocity_shaper import VelocityShaper
from humanoid_control.walking.walk_status import WalkStatus
from humanoid_control.walking.walk_status_codec_node import (
    pose_message,
    read_cells,
    read_occupied,
    read_pose,
    read_status,
    write_footsteps,
)
from humanoid_control.walking.walking_markers_node import footstep_markers, occupancy
from humanoid_control.walking.walking_settings import WalkingSettings

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
NEWEST = QoSProfile(depth=1)
PERIOD = 0.05            # [s] of real time between looks at the topics
WORK_PERIOD = 0.04       # [s] of the robot's time between velocities and looks at the goal, at least
SLOW = 2                 # of these between transforms and markers


class WalkingNode(ProcessNode, Node):
    """Shell around GoalWalker, VelocityShaper and MapAlignment: messages and parameters."""

    def __init__(self) -> None:
        """Raises ConfigurationError or WalkingError when a file is bad, naming it and what is wrong."""
        super().__init__('walking')
        self._declare('robot_file', str(share_path('config', 'robots', 'humanoid.yaml')), 'robot file, read at the start')
        self._declare('walking_node_file', str(share_path('config', 'walking_node.yaml')), 'settings, read at the start')
        self._declare('floor_map', '', 'floor map file, read at the start; empty: an open floor')
        self._declare('layout_file', '', 'drawing of a site whose floor is the map, instead of floor_map, read at the start')
        self._declare('map_frame', 'map', 'frame of the open floor')
        self._declare('odometry_frame', 'odom', 'fixed frame of the odometry')
        self._declare('stance_frame', 'base_footprint', 'frame between the soles')
        self._declare('simulated', False, "the robot's time comes from /clock, read at the start")
        self._declare('supervised', False, 'without a safety supervisor stand still, read at the start')
        self._declare('loaded', False, 'whether both hands carry a load in front; may change while running')
        robot = RobotConfiguration.load(self._value('robot_file'))
        self._soles = [robot.legs[side].sole for side in SIDES]
        self.settings = WalkingSettings.load_file(self._value('walking_node_file'))
        self._odom = self._value('odometry_frame')
        self._alignment = MapAlignment(self.settings.alignment)
        self._surroundings = Surroundings(self._load_floor(), self._alignment, self.settings.seen)
        self._map_frame = self._surroundings.known.frame
        self._status: WalkStatus | None = None
        self._heard = 0.0        # when, [s]
        self._goal: Pose2 | None = None
        self._loaded: bool | None = None
        self._told: tuple[GoalState, str] | None = None
        self._commanding = False
        self._periods = 0
        self._simulated_time: Time | None = None      # of /clock
        self._worked = -math.inf
        self._report_due = 0.0                        # [s] of real time
        self._diagnostics = Diagnostics(self, 'walking', robot.name)
        self._shape_up()
        self._connect()
        self.get_logger().info(f'floor: {self._value("layout_file") or self._value("floor_map") or "open, no map"}')

    def _load_floor(self) -> FloorMap:
        floor, layout = self._value('floor_map'), self._value('layout_file')
        if floor and layout:
            raise WalkingError(f'expected one of the parameters floor_map and layout_file, got both: {floor} and {layout}')
        if layout:
            return FloorMap.of_site(SiteLayout.load(layout))
        return FloorMap.load(floor) if floor else FloorMap.open_floor(self._value('map_frame'))

    def _shape_up(self) -> None:
        """Planner and shaper for the robot with or without its load."""
        loaded = bool(self._value('loaded'))
        if loaded == self._loaded:
            return
        on_the_way = self._loaded is not None and self._walker.under_way
        self._loaded = loaded
        self._body = body = self.settings.shape(loaded)
        self._walker = GoalWalker(FootstepPlanner(self.settings.footsteps, body), self.settings.goal)
        self._shaper = VelocityShaper(self.settings.velocity, body)
        if on_the_way:
            self._walker.go(self._goal, self._now())

    def _connect(self) -> None:
        self._heartbeat = Heartbeat(self, self._value('supervised'))
        self._velocities = self.create_publisher(TwistStamped, 'walk/command', 1)
        self._paths = self.create_publisher(Path, 'walk/footsteps', 1)
        self._transforms = self.create_publisher(TFMessage, 'tf', 10)
        self._markers = self.create_publisher(MarkerArray, 'markers', 1)
        self._gazes = self.create_publisher(PointStamped, 'gaze/target', 1)
        self._states = self.create_publisher(DiagnosticStatus, 'walking/status', LATCHED)
        self._maps = self.create_publisher(OccupancyGrid, 'map', LATCHED)
        self._maps.publish(occupancy(self._surroundings.known, self._stamp()))
        self._clocks, self._topics = PolledTopics(self), PolledTopics(self)
        if self._value('simulated'):
            # not use_sim_time: its subscription would wake this node with every tick of the world
            self._clocks.add(ClockMessage, 'clock', self._on_clock)
        self._topics.add(DiagnosticStatus, 'walk/status', self._on_status, LATCHED)
        for kind, topic, read in (
                (Twist, 'cmd_vel', self._on_velocity), (PoseStamped, 'goal_pose', self._on_goal),
                (PoseWithCovarianceStamped, 'initialpose', self._on_initial_pose),
                (OccupancyGrid, 'obstacles', self._on_obstacles),
                (Detection3DArray, 'detections/station', self._on_stations)):
            self._topics.add(kind, topic, read, NEWEST)

    def run(self) -> None:
        """Work until `stop`."""
        self.create_timer(PERIOD, self._round, clock=Clock(clock_type=ClockType.STEADY_TIME))
        super().run()

    def _round(self) -> None:
        if time.monotonic() >= self._report_due:
            self._report_due = time.monotonic() + REPORT_PERIOD
            self._report()
        self._clocks.poll()
        if self._value('simulated') and self._simulated_time is None:
            return  # messages wait: what is noted at another time would never be due
        self._topics.poll()
        if not 0.0 <= self._now() - self._worked < WORK_PERIOD:
            self._work()

    def _on_clock(self, message: ClockMessage) -> None:
        self._simulated_time = message.clock

    def _on_velocity(self, message: Twist) -> None:
        try:
            self._shaper.command((message.linear.x, message.linear.y, message.angular.z), self._now())
        except WalkingError as error:
            self.get_logger().warning(f'cmd_vel refused: {error}')

    def _on_goal(self, message: PoseStamped) -> None:
        try:
            goal, frame = read_pose(message.pose), message.header.frame_id
            if frame == self._odom:
                goal = self._alignment.from_odom(goal)
            elif frame != self._map_frame:
                raise WalkingError(f'it is given in {frame!r}, expected {self._map_frame!r} or {self._odom!r}')
        except WalkingError as error:
            self._tell(DiagnosticStatus.ERROR, f'goal_pose refused: {error}')
            return
        self._goal = goal
        self._walker.go(goal, self._now())

    def _look_ahead(self) -> None:
        """Let the camera see what comes into the way; with the eyes on the horizon it sees nothing low that is near."""
        self._clocks.poll()  # the plan took its time, and old targets are refused
        target = PointStamped()
        target.header.stamp, target.header.frame_id = self._stamp(), self._value('stance_frame')
        target.point.x, target.point.y, target.point.z = self.settings.gaze
        self._gazes.publish(target)

    def _on_initial_pose(self, message: PoseWithCovarianceStamped) -> None:
        if self._status is None:
            self.get_logger().warning('initialpose refused: no walk/status yet')
            return
        try:
            self._alignment.place(read_pose(message.pose.pose), self._status.middle)
        except WalkingError as error:
            self.get_logger().warning(f'initialpose refused: {error}')

    def _on_status(self, message: DiagnosticStatus) -> None:
        try:
            self._status = read_status(message, self._soles)
        except WalkingError as error:
            self.get_logger().warning(str(error), throttle_duration_sec=5.0)
        else:
            self._heard = self._now()

    def _on_obstacles(self, message: OccupancyGrid) -> None:
        """Cells in odom that are occupied beside what the map knows."""
        try:
            if message.header.frame_id != self._odom:
                raise WalkingError(f'given in {message.header.frame_id!r}, expected {self._odom!r}')
            origin = message.info.origin.position
            self._surroundings.look(read_occupied(message), read_cells(message) >= 0, np.array([origin.x, origin.y]),
                                    message.info.resolution, self._now())
        except WalkingError as error:
            self.get_logger().warning(f'obstacles refused: {error}', throttle_duration_sec=5.0)

    def _on_stations(self, message: Detection3DArray) -> None:
        if self._status is None or not self._status.standing:
            return
        for detection in message.detections:
            landmark = self._surroundings.known.landmarks.get(detection.id)
            if landmark is None or message.header.frame_id != self._odom or not detection.results:
                continue
            try:
                self._alignment.see(landmark, read_pose(detection.results[0].pose.pose))
            except WalkingError as error:
                self.get_logger().warning(f'{detection.id}: {error}', throttle_duration_sec=5.0)

    def _work(self) -> None:
        self._periods += 1
        self._shape_up()
        self._worked = now = self._now()
        if self._may_walk(now) and self._status is not None:
            self._surroundings.update()
            velocity = self._shaper.velocity(now)
            self._walk_at(velocity)
            if velocity is None:
                self._walk_to_goal(now)
        if self._periods % SLOW == 0:
            self._publish_transform()
            if self._markers.get_subscription_count():
                self._markers.publish(footstep_markers(self._walker.footsteps, self._goal, self._map_frame,
                                                       self._stamp()))

    def _may_walk(self, now: float) -> bool:
        """Whether the supervisor lets the robot walk; balance comes to a stand by itself when it doesn't."""
        changed = self._heartbeat.listen()
        stopped = self._heartbeat.category is not StopCategory.NONE
        if changed and stopped:
            self._tell(DiagnosticStatus.WARN, self._heartbeat.reason)
        elif changed:
            self._told = None
            if self._walker.under_way and self._goal is not None:
                self._walker.go(self._goal, now)  # the gait has dropped its footsteps
        return not stopped

    def _walk_at(self, velocity: tuple[float, float, float] | None) -> None:
        """Send a velocity while one is commanded, and zero once when that ends."""
        if velocity is not None:
            if self._walker.under_way:
                self._walker.cancel()
                self._goal = None
            velocity = self._shaper.slowed(velocity, self._on_map(self._status).middle, self._surroundings.floor)
            if not self._commanding:
                self._look_ahead()
            if self._shaper.obstacle:
                self.get_logger().warning(f'slowed down: {self._shaper.obstacle} ahead', throttle_duration_sec=2.0)
        if velocity is not None or self._commanding:
            message = TwistStamped()
            message.header.stamp = self._stamp()
            message.twist.linear.x, message.twist.linear.y, message.twist.angular.z = velocity or (0.0, 0.0, 0.0)
            self._velocities.publish(message)
        self._commanding = velocity is not None

    def _walk_to_goal(self, now: float) -> None:
        if now - self._heard > self.settings.goal.silence:
            self._walker.fail(f'no walk/status for {now - self._heard:.0f} s: does balance run?')
        if self._status.standing:
            self._surroundings.stand(self._status.middle, self._body)
        footsteps = self._walker.update(self._on_map(self._status), self._surroundings.floor, now,
                                        lambda place: self._surroundings.is_seen(place, self._body, now))
        if footsteps is not None:
            in_odom = [Footstep(step.foot, *self._alignment.to_odom(Pose2(step.x, step.y, step.yaw)))
                       for step in footsteps]
            self._paths.publish(write_footsteps(in_odom, self._walker.plan, self._odom, self._soles, self._walker.number))
            if in_odom:
                self._look_ahead()
        state = (self._walker.state, self._walker.reason)
        if state != self._told:
            self._told = state
            bad = state[0] in (GoalState.FAILED, GoalState.BLOCKED)
            self._tell(DiagnosticStatus.ERROR if state[0] is GoalState.FAILED else DiagnosticStatus.WARN if bad
                       else DiagnosticStatus.OK, f'{state[0].value}: {state[1]}' if state[1] else state[0].value)

    def _on_map(self, status: WalkStatus) -> WalkStatus:
        """The status with its poses on the map."""
        left, right, target = map(self._alignment.from_odom, (*status.soles, status.target))
        return replace(status, soles=(left, right), target=target)

    def _tell(self, level: bytes, message: str) -> None:
        # a logger insists on one severity for each line of code
        if level == DiagnosticStatus.OK:
            self.get_logger().info(message)
        elif level == DiagnosticStatus.WARN:
            self.get_logger().warning(message)
        else:
            self.get_logger().error(message)
        self._states.publish(DiagnosticStatus(level=level, name=f'{self.get_name()}: goal', message=message))

    def _report(self) -> None:
        """Never an error: a robot that does not arrive still stands."""
        walker = self._walker
        level, message = DiagnosticStatus.OK, f'{walker.state.value}: {walker.reason}' if walker.reason else walker.state.value
        if self._status is None:
            level, message = DiagnosticStatus.STALE, 'waiting for walk/status: does balance run?'
        elif self._heartbeat.category is not StopCategory.NONE:
            level, message = DiagnosticStatus.WARN, self._heartbeat.reason
        elif walker.state in (GoalState.FAILED, GoalState.BLOCKED):
            level = DiagnosticStatus.WARN
        odom = self._alignment.odom
        self._diagnostics.publish(level, message, {
            'footsteps ahead': len(walker.footsteps), 'carries a load': self._loaded,
            'obstacle cells seen': len(self._surroundings.seen), 'map to odom [m, rad]': f'{odom.x:.3f}, {odom.y:.3f}, {odom.yaw:.4f}'},
            self._stamp())

    def _publish_transform(self) -> None:
        transform = TransformStamped(child_frame_id=self._odom)
        transform.header.frame_id, transform.header.stamp = self._map_frame, self._stamp()
        pose = pose_message(self._alignment.odom)
        transform.transform.translation.x, transform.transform.translation.y = pose.position.x, pose.position.y
        transform.transform.rotation = pose.orientation
        self._transforms.publish(TFMessage(transforms=[transform]))

    def _declare(self, name: str, value: object, description: str) -> None:
        self.declare_parameter(name, value, ParameterDescriptor(description=description))

    def _value(self, name: str):
        return self.get_parameter(name).value

    def _stamp(self) -> Time:
        """The robot's time."""
        return self._simulated_time or self.get_clock().now().to_msg()

    def _now(self) -> float:
        stamp = self._stamp()
        return stamp.sec + stamp.nanosec * 1e-9


def main() -> int:
    """Walk until Ctrl-C or SIGTERM; 1 when the node cannot start."""
    return run_process('walking', WalkingNode)


if __name__ == '__main__':
    sys.exit(main())
