# SPDX-License-Identifier: Apache-2.0
"""What all perception nodes do: images with the robot's state at their stamp, parameters, diagnostics."""

from __future__ import annotations

import os
import time
from typing import Any

import pinocchio as pin
import rclpy
import rclpy.clock
from diagnostic_msgs.msg import DiagnosticStatus
from nav_msgs.msg import Odometry
from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Header

from humanoid_control.middleware.diagnostics_node import REPORT_PERIOD, Diagnostics
from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.middleware.polled_topics_node import PolledTopics
from humanoid_control.middleware.process_node import ProcessNode
from humanoid_control.middleware.queued_topic_node import QueuedTopic, stamp_of
from humanoid_control.model import ConfigurationError, RobotModel, SiteLayout, share_path
from humanoid_control.model.configuration import load
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.camera_pose_chain import CameraPoseChain
from humanoid_perception.errors import PerceptionError, StaleStateError
from humanoid_perception.nodes.node_settings import RATES

SENSOR = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
_SAME_STAMP = 1e-3  # [s] colour and depth of one frame
_LONGEST_WAIT = 0.5  # [s] of wall time that an image waits for the robot's state
_RETRY_PERIOD = 0.02  # [s] of wall time
_NAG_PERIOD = 10.0  # [s] of wall time between repeated log lines


class PerceptionNode(ProcessNode, Node):
    """Base of the perception nodes; subclasses implement `process` and may add to `values`.

    Attributes:
        robot: what the parameter robot_file names.
        site: what layout_file names, or the one station of station_file.
        configuration: contents of settings_file.
        camera_name: parameter `camera`.
    """

    def __init__(self, name: str, configuration_type: type, kinds: tuple[str, ...]) -> None:
        """Declare parameters and connect.

        Args:
            name: name of the node and of its settings file.
            configuration_type: dataclass of the settings file, with a section `node`.
            kinds: image topics needed below the camera's, `color` and perhaps `depth`.

        Raises ConfigurationError or ModelError naming the file, key or camera that is wrong.
        """
        super().__init__(name)
        self.robot = RobotModel.load(self._file('robot_file', 'robot file', 'robots', 'humanoid.yaml'))
        layout = ParameterDescriptor(description='drawing of a site with its stations; empty: station_file', read_only=True)
        self.declare_parameter('layout_file', '', layout)
        station_file = self._file('station_file', 'drawing of the station', 'stations', 'nut_station.yaml')
        self.site = SiteLayout.of_files(self.get_parameter('layout_file').value, station_file)
        self.configuration = load(
            configuration_type, self._file('settings_file', f'settings of {name}', f'{name}.yaml')
        )
        self._declare_node_parameters()
        self.camera_name: str = self.get_parameter('camera').value
        cameras = self.robot.configuration.cameras
        if self.camera_name not in cameras:
            raise ConfigurationError(
                f'parameter camera: expected one of {", ".join(sorted(cameras))}, got {self.camera_name!r}'
            )
        if 'depth' in kinds and not cameras[self.camera_name].depth:
            raise ConfigurationError(f'parameter camera: {self.camera_name!r} has no depth, {name} needs it')
        self._optical_frame = cameras[self.camera_name].optical_frame
        self._chain = CameraPoseChain(self.robot)
        self._camera: CameraModel | None = None
        self._kinds = kinds
        self._latest: dict[str, tuple[float, bytes]] = {}
        self._pending: tuple[float, float, dict[str, bytes]] | None = None
        self._used = float('-inf')
        self._problem: str | None = None
        self._problem_logged = float('-inf')
        self._watched_state = float('-inf')
        self._first_state = float('inf')
        self._unseen: set[str] = set(kinds)
        self.frames = 0
        self._connect()

    def process(self, images: dict[str, Image], camera: CameraModel, camera_pose: pin.SE3, stamp: Any) -> None:
        """Use one frame; raises PerceptionError when nothing can be told from it.

        Args:
            images: by kind.
            camera: intrinsics.
            camera_pose: SE3 of the optical frame in `odom`.
            stamp: builtin_interfaces/Time of the images.
        """
        raise NotImplementedError

    def values(self) -> dict[str, str]:
        """Return what the diagnostics tell beside the state."""
        return {'frames': str(self.frames)}

    @property
    def rate(self) -> float:
        """Images used in a second, at most [Hz]."""
        return self.get_parameter('rate').value

    @property
    def station_names(self) -> str:
        """Names of the stations, for people."""
        return ', '.join(map(repr, self.site.stations))

    def topic(self, kind: str) -> str:
        """Return the image topic of a kind."""
        return f'{self.camera_name}/{kind}/image_raw'

    def _file(self, parameter: str, description: str, *default: str) -> str:
        self.declare_parameter(
            parameter, str(share_path('config', *default)), ParameterDescriptor(description=description, read_only=True)
        )
        return self.get_parameter(parameter).value

    def _declare_node_parameters(self) -> None:
        defaults = self.configuration.node
        self.declare_parameter(
            'camera',
            defaults.camera,
            ParameterDescriptor(description='camera of the robot file whose topics are used', read_only=True),
        )
        self.declare_parameter(
            'rate',
            defaults.rate,
            ParameterDescriptor(
                description='images used in a second, at most [Hz]',
                floating_point_range=[FloatingPointRange(from_value=RATES[0], to_value=RATES[1])],
            ),
        )
        self.declare_parameter(
            'stale_after',
            defaults.stale_after,
            ParameterDescriptor(
                description='age of the newest image at which the camera counts as gone [s]',
                floating_point_range=[FloatingPointRange(from_value=0.2, to_value=60.0)],
            ),
        )
        self.declare_parameter(
            'nice',
            defaults.nice,
            ParameterDescriptor(
                description='added to the niceness of the process, so that perception yields to control',
                read_only=True,
                integer_range=[IntegerRange(from_value=0, to_value=19, step=1)],
            ),
        )
        os.nice(self.get_parameter('nice').value)

    def _connect(self) -> None:
        self._joints = QueuedTopic(self, JointState, 'joint_states')
        self._odometry = QueuedTopic(self, Odometry, 'odom')
        # read with the image that completes a frame
        topics = self._topics = PolledTopics(self)
        topics.add(CameraInfo, f'{self.camera_name}/color/camera_info', self._on_camera_info)
        *others, last = self._kinds
        for kind in others:
            topics.add(Image, self.topic(kind), lambda raw, k=kind: self._on_image(k, raw), SENSOR, raw=True)
        self.work = PolledSubscription(self, Image, self.topic(last), SENSOR), lambda raw: self._on_last_image(last, raw)
        self._diagnostics = Diagnostics(self, self.camera_name, self.camera_name)
        self._frame = self.create_publisher(Header, 'detections/frame', 1)
        # wall time on purpose: simulated time stops when the simulator dies
        steady = rclpy.clock.Clock(clock_type=rclpy.clock.ClockType.STEADY_TIME)
        self._retry = self.create_timer(_RETRY_PERIOD, self._try_again, clock=steady)
        self._retry.cancel()
        self.create_timer(REPORT_PERIOD, self._watch, clock=steady)

    def _on_camera_info(self, info: CameraInfo) -> None:
        if self._camera is not None and self._camera.matches(info):
            return
        try:
            self._camera = CameraModel.from_camera_info(info, self.topic('color'))
        except PerceptionError as error:
            self._complain(str(error))

    def _on_last_image(self, kind: str, raw: bytes) -> None:
        self._topics.poll()
        self._on_image(kind, raw)

    def _on_image(self, kind: str, raw: bytes) -> None:
        stamp = stamp_of(raw)
        self._latest[kind] = (stamp, raw)
        self._unseen.discard(kind)
        if stamp < self._used:
            self._used = float('-inf')  # time went back: the simulation was reset
            self._chain.history.clear()
        if any(k not in self._latest or abs(self._latest[k][0] - stamp) > _SAME_STAMP for k in self._kinds):
            if kind == self._kinds[-1]:
                self._retry.reset()
            return
        # half a period of the camera early is in time, else a rate of 2.5 of 5 images a second becomes 1.7
        if stamp - self._used < 1.0 / self.rate - 0.02:
            if self._pending is None:
                self._done_with(stamp)
            return
        since = time.monotonic() if self._pending is None else self._pending[1]
        self._pending = (stamp, since, {k: self._latest[k][1] for k in self._kinds})
        self._try_pending()

    def _try_again(self) -> None:
        """A little later: the rest of a frame that is not complete, or the robot's state at its stamp, may be there."""
        self._retry.cancel()
        self._topics.poll()
        if self._pending is not None:
            self._try_pending()

    def _try_pending(self) -> None:
        """Use the waiting frame once the robot's state at its stamp is known."""
        stamp, since, images = self._pending
        self._joints.drain()
        self._odometry.drain()
        known = min(self._joints.newest_stamp, self._odometry.newest_stamp)
        if known < stamp and time.monotonic() - since < _LONGEST_WAIT:
            self._retry.reset()
            return
        self._pending = None
        self._used = stamp
        try:
            self._use(stamp, {kind: deserialize_message(raw, Image) for kind, raw in images.items()})
        except PerceptionError as error:
            self._complain(str(error))
        else:
            self.frames += 1
            self._recover()
        self._done_with(stamp)

    def _done_with(self, stamp: float) -> None:
        """Tell that nothing is left to do with images up to a stamp [s]; a simulated world waits for that."""
        seconds, nanoseconds = divmod(round(stamp * 1e9), 1_000_000_000)
        header = Header(frame_id=self.get_name())
        header.stamp.sec, header.stamp.nanosec = seconds, nanoseconds
        self._frame.publish(header)

    def _use(self, stamp: float, images: dict[str, Image]) -> None:
        if self._camera is None:
            raise StaleStateError(f'{self.camera_name}/color/camera_info: nothing received yet; is the camera running?')
        history = self._chain.history
        for when, message in self._joints.around(stamp):
            history.add_joints(when, message.name, message.position)
        for when, message in self._odometry.around(stamp):
            pose = message.pose.pose
            history.add_base(
                when,
                (pose.position.x, pose.position.y, pose.position.z),
                (pose.orientation.x, pose.orientation.y, pose.orientation.z, pose.orientation.w),
            )
        camera_pose = self._chain.pose(self._optical_frame, stamp)
        self.process(images, self._camera, camera_pose, images[self._kinds[0]].header.stamp)

    def _watch(self) -> None:
        """Once a second: notice a camera that has gone, publish diagnostics."""
        self._topics.poll()
        self._joints.drain()
        self._odometry.drain()
        now = self._joints.newest_stamp
        running, self._watched_state = now > self._watched_state, now
        if running:
            self._first_state = min(self._first_state, now)
        for kind in self._kinds if running else ():
            # an image that waits while this process starves isn't missing: nothing must have come since the last look
            newest = self._latest[kind][0] if kind in self._latest else self._first_state
            if kind in self._unseen and now - newest > self.get_parameter('stale_after').value:
                age = f'last image {now - newest:.1f} s ago' if kind in self._latest else 'no image yet'
                self._complain(
                    f'{self.topic(kind)}: {age}; start the camera, or look with: ros2 topic hz {self.topic(kind)}'
                )
        self._unseen = set(self._kinds)
        self._publish_diagnostics()

    def _publish_diagnostics(self) -> None:
        level, message = DiagnosticStatus.OK, 'seeing'
        if self._problem is not None:
            level, message = DiagnosticStatus.WARN, self._problem
        elif not self.frames:
            level, message = DiagnosticStatus.STALE, 'waiting for images, joint_states and odom'
        self._diagnostics.publish(level, message, self.values())

    def _complain(self, problem: str) -> None:
        """Log a problem when it is new, and again from time to time; figures in it may change meanwhile."""
        fresh = self._problem is None or problem.split(';')[-1] != self._problem.split(';')[-1]
        if fresh or time.monotonic() - self._problem_logged > _NAG_PERIOD:
            self._problem_logged = time.monotonic()
            self.get_logger().warning(problem)
        self._problem = problem

    def _recover(self) -> None:
        if self._problem is not None:
            self._problem = None
            self.get_logger().info(f'{self.topic(self._kinds[0])}: seeing again')
