# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node `kinematics`: targets in, one posture of the whole robot out at the rate of `joint_states`."""
from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pinocchio as pin
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PointStamped, PoseStamped
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64, Header

from humanoid_control.kinematics.errors import SolverError, TargetRefused
from humanoid_control.kinematics.hold_up_monitor import HoldUpMonitor
from humanoid_control.kinematics.kinematics_parameters_node import KinematicsParameters
from humanoid_control.kinematics.kinematics_status_node import KinematicsStatus
from humanoid_control.kinematics.motion_stop import MotionStop
from humanoid_control.kinematics.reach.reach_guard import ReachGuard
from humanoid_control.kinematics.target_gate import TargetGate
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.middleware.polled_topics_node import LATCHED, PolledTopics
from humanoid_control.middleware.process_node import LifecycleProcessNode, run_process
from humanoid_control.model import HumanoidError, RobotModel
from humanoid_control.model.joint_state_codec import JointStateCodec
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.safety.heartbeat_node import Heartbeat

ANY_SENDER = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)

# A longer gap between joint_states is not caught up with [s].
LONGEST_TICK = 0.1
# Real time between looks at the targets while no joint_states come [s].
IDLE_PERIOD = 0.2
# The diagnostics tell of a robot without joint_states for longer than this [s] of real time.
SILENCE = 1.0
# Ticks whose computing time the diagnostics sum up.
TIMED_TICKS = 500


class KinematicsNode(LifecycleProcessNode, LifecycleNode):
    """Thin shell around WholeBodyKinematics: messages, parameters, lifecycle.

    Every `joint_states` is one tick and is answered by a `whole_body/reference` with its stamp. The posture is taken
    over from the first one after activation, or after time has jumped back.
    """

    def __init__(self) -> None:
        """Raises ConfigurationError for a bad settings file and for a parameter that is unknown or out of range."""
        super().__init__('kinematics', automatically_declare_parameters_from_overrides=True)
        self._options = KinematicsParameters(self)
        self._active = False
        self._entities: list[Callable[[], object]] = []

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Build model and problem; fails with the reason in the log."""
        try:
            settings = self._options.settings()
            self._robot = RobotModel.load(self._options.text('robot_file'))
            self._body = WholeBodyKinematics(self._robot, settings)
        except (HumanoidError, ValueError) as error:
            self.get_logger().error(f'cannot be configured: {error}')
            return TransitionCallbackReturn.FAILURE
        self._acceptance = settings.acceptance
        self._guard = ReachGuard(self._body, settings)
        self._stop = MotionStop(self._body, self._guard)
        self._monitor = HoldUpMonitor(self._body, settings.acceptance)
        self._gate = TargetGate(self._options.text('odometry_frame'), self._options.text('footprint_frame'),
                                settings.acceptance.stale_after)
        self._codec = JointStateCodec(self._robot.actuated_names)
        self._reference = JointStateCodec(self._robot.actuated_names)
        self._connect()
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Start with the next joint_states."""
        self._stamp: int | None = None
        self._active = True
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop answering; all targets are forgotten."""
        self._active = False
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Take topics down."""
        self._disconnect()
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Take topics down."""
        self._active = False
        self._disconnect()
        return TransitionCallbackReturn.SUCCESS

    def _connect(self) -> None:
        self._status = KinematicsStatus(self, self._robot.configuration.name)
        self._publisher = self.create_publisher(JointState, 'whole_body/reference', 1)
        publisher = self._publisher
        self._heartbeat = heartbeat = Heartbeat(self, self._options.supervised)
        self._entities = [self._status.destroy, heartbeat.destroy, lambda: self.destroy_publisher(publisher)]
        joints = PolledSubscription(self, JointState, 'joint_states', ANY_SENDER)
        self.work = joints, self._on_joint_states
        self._entities.append(lambda: self.destroy_subscription(joints.subscription))
        # read before each tick: a wake-up for each of six targets would cost more than the tick
        topics = self._topics = PolledTopics(self)
        self._entities.append(topics.close)
        topics.add(PoseStamped, 'stance', self._on_stance, LATCHED)
        topics.add(PointStamped, 'gaze/target', self._target('gaze/target', self._on_gaze), 1)
        topics.add(Float64, 'com_height/target', self._target('com_height/target', self._on_com_height), 1)
        topics.add(Float64, 'torso_pitch/target', self._target('torso_pitch/target', self._on_torso_pitch), 1)
        for side in SIDES:
            topics.add(PoseStamped, f'{side}_hand/target', self._hand_target(side), 1)
            topic = f'{side}_gripper/target'
            topics.add(Float64, topic, self._target(topic, lambda message, s=side: self._on_gripper(s, message)), 1)
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        idle = self.create_timer(IDLE_PERIOD, topics.poll, clock=steady)
        self._entities.append(lambda: self.destroy_timer(idle))
        # real time on purpose: tells of a robot that went silent
        timer = self.create_timer(1.0, self._diagnose, clock=steady)
        self._entities.append(lambda: self.destroy_timer(timer))
        self._tick_times: list[float] = []
        self._heard = time.perf_counter()
        self._problem: str | None = None

    def _disconnect(self) -> None:
        self.work = None
        for destroy in self._entities:
            destroy()
        self._entities = []

    def _on_joint_states(self, data: bytes) -> None:
        if not self._active:
            return
        begin = time.perf_counter()
        self._heard = begin
        self._topics.poll()
        try:
            stamp, position, *_ = self._codec.unpack(data)
        except HumanoidError as error:
            self._trouble(f'joint_states: {error}')
            return
        if self._heartbeat.listen():
            self._stop.carry_out(self._heartbeat.category, self._heartbeat.reason)
            self._gate.not_before = stamp * 1e-9
        if self._stamp is None or stamp < self._stamp or self._stop.takes_over:
            if not self._take_over(position):
                return
        elif stamp == self._stamp:
            return
        else:
            self._tick(min((stamp - self._stamp) * 1e-9, LONGEST_TICK))
        self._stamp = stamp
        self._gate.now = stamp * 1e-9
        self._publish(stamp)
        self._tick_times.append(time.perf_counter() - begin)
        del self._tick_times[:-TIMED_TICKS]

    def _take_over(self, position: np.ndarray) -> bool:
        """Stand in the measured posture; False where that isn't one."""
        try:
            self._body.reset(dict(zip(self._robot.actuated_names, position)))
        except ValueError as error:
            self._trouble(f'joint_states: {error}')
            return False
        self._guard.reset()
        joints = len(self._robot.joint_names)
        self._reference.position[joints:] = position[joints:]
        if not self._stop.takes_over:
            self.get_logger().info('took over from the measured posture')
        return True

    def _tick(self, dt: float) -> None:
        try:
            self._body.update(dt)
            self._problem = None
        except SolverError as error:
            self._trouble(f'posture held: {error}')
            self._body.state.v[:] = 0.0
            return
        for side, reason in self._monitor.update(dt).items():
            self._status.refuse(f'{side}_hand/target', reason, DiagnosticStatus.ERROR)

    def _publish(self, stamp: int) -> None:
        reference, joints = self._reference, len(self._robot.joint_names)
        reference.position[:joints] = self._body.position
        reference.velocity[:joints] = self._body.velocity
        self._publisher.publish(reference.pack(stamp))

    def _on_stance(self, message: PoseStamped) -> None:
        p, q = message.pose.position, message.pose.orientation
        values = np.array([p.x, p.y, p.z, q.x, q.y, q.z, q.w])
        if not np.isfinite(values).all() or abs(np.linalg.norm(values[3:]) - 1.0) > 1e-3:
            self._trouble('stance: expected finite numbers and a unit quaternion')
            return
        self._gate.stance = pin.XYZQUATToSE3(values)

    def _target(self, topic: str, follow: Callable) -> Callable:
        """Callback that follows a target, or tells why not."""
        def callback(message: object) -> None:
            if not self._active or self._stamp is None:
                self._status.refuse(topic, 'not active yet: no joint_states received since activation')
                return
            try:
                self._stop.check()
                follow(message)
            except TargetRefused as refusal:
                self._status.refuse(topic, str(refusal))
            else:
                self._status.accept(topic)
        return callback

    def _hand_target(self, side: str) -> Callable:
        def follow(message: PoseStamped) -> None:
            p, q = message.pose.position, message.pose.orientation
            try:
                pose = self._gate.pose(message.header.frame_id, _seconds(message.header), (p.x, p.y, p.z), (q.x, q.y, q.z, q.w))
                self._guard.lead(side, pose)
            except TargetRefused:
                self._body.stop_hand(side)
                raise
        return self._target(f'{side}_hand/target', follow)

    def _on_gaze(self, message: PointStamped) -> None:
        p = message.point
        self._body.set_gaze(self._gate.point(message.header.frame_id, _seconds(message.header), (p.x, p.y, p.z)))

    def _on_com_height(self, message: Float64) -> None:
        a = self._acceptance
        self._body.set_com_height(self._gate.number('m', message.data, a.lowest_com, a.highest_com))

    def _on_torso_pitch(self, message: Float64) -> None:
        a = self._acceptance
        self._body.set_torso_pitch(self._gate.number('rad', message.data, a.least_pitch, a.greatest_pitch))

    def _on_gripper(self, side: str, message: Float64) -> None:
        joint = self._robot.configuration.arms[side].gripper_joint
        _, widest = self._robot.position_limits_of(joint)
        # below the lowest position the fingers press with what force they have: that is how they grip
        opening = self._gate.number('m', message.data, 0.0, widest)
        self._reference.position[self._robot.actuated_names.index(joint)] = opening

    def _trouble(self, problem: str) -> None:
        if problem != self._problem:
            self.get_logger().error(problem)
        self._problem = problem

    def _diagnose(self) -> None:
        if not self._active:
            return
        stale = time.perf_counter() - self._heard > SILENCE
        problem = f'no joint_states for more than {SILENCE:.0f} s' if stale else self._problem
        values: dict[str, object] = {'targets': ', '.join(s for s, hand in self._body.hands.items() if hand.target) or 'none'}
        if self._tick_times:
            microseconds = np.percentile(self._tick_times, [50, 99]) * 1e6
            values['tick [us] p50, p99'] = f'{microseconds[0]:.0f}, {microseconds[1]:.0f}'
        for pair in self._body.near_pairs()[:1]:
            values['nearest links'] = f'{pair.links[0]}, {pair.links[1]}: {pair.distance:.3f} m'
        self._status.diagnose(values, problem, stale=stale)


def _seconds(header: Header) -> float:
    return header.stamp.sec + 1e-9 * header.stamp.nanosec


def main() -> int:
    """Run the node until Ctrl-C or SIGTERM; 1 where it cannot start."""
    return run_process('kinematics', KinematicsNode)
