# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node `balance`: low_state in, joint_commands out, 500 times a second.

One thread: it waits for low_state, ticks the C controller, publishes the answer, and only then looks at the rest:
references on every tick, topics at their rates, services and parameters at SERVE_PERIOD. The loop neither logs (but
for changes of state) nor builds messages of the fast topics.
"""
from __future__ import annotations

import gc
import sys
import time

from rcl_interfaces.msg import FloatingPointRange, ParameterDescriptor, SetParametersResult
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_srvs.srv import Trigger

from humanoid_control.balance.balance_configuration import BalanceConfiguration
from humanoid_control.balance.balance_controller import BalanceController
from humanoid_control.balance.balance_diagnostics_node import BalanceDiagnostics
from humanoid_control.balance.balance_topics_node import BalanceTopics
from humanoid_control.balance.errors import RefusedReferenceError
from humanoid_control.balance.native_structs import Mode
from humanoid_control.balance.scheduling import prefer_this_process
from humanoid_control.balance.walk import WalkConfiguration
from humanoid_control.balance.walk_topics_node import WalkTopics
from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.middleware.process_node import LifecycleProcessNode, run_process
from humanoid_control.model import HumanoidError, RobotModel, share_path
from humanoid_control.model.joint_state_codec import JointStateCodec, MessageLayoutError
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.safety.heartbeat_node import Heartbeat

SERVE_PERIOD = 0.02          # [s] of wall time between looks at services and parameters
HEARTBEAT_EVERY = 5          # ticks between looks at the supervisor's heartbeat
DIAGNOSE_PERIOD = 1.0        # [s] of wall time
WALK = 'walk.'               # parameters of config/walking.yaml have this prefix
NAG_PERIOD = 5.0             # [s] of wall time between repeated warnings
NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
SURE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)


class BalanceNode(LifecycleProcessNode, LifecycleNode):
    """Shell around BalanceController: messages, parameters, lifecycle. `run` is its loop."""

    def __init__(self) -> None:
        """Raises ConfigurationError when the file of gains is bad."""
        super().__init__('balance')
        self.stop = False
        self.controller: BalanceController | None = None
        self._declare('autostart', False, 'configure and activate without being asked')
        self._declare('robot_file', str(share_path('config', 'robots', 'humanoid.yaml')),
                      'robot file, read when configured')
        self._declare('balance_file', str(share_path('config', 'balance.yaml')), 'file of gains, read at the start')
        self._declare('odometry_frame', 'odom', 'fixed frame of the odometry, read when configured')
        self._declare('footprint_frame', 'base_footprint', 'frame between the soles, read when configured')
        self._declare('supervised', False, 'without a safety supervisor hold still, read when configured')
        self._declare('real_time_priority', False, 'ask for SCHED_FIFO, else for a negative niceness, when configured')
        gains = BalanceConfiguration.load(self._value('balance_file'))
        for name, gain in gains.table.items():
            unit = f' [{gain.unit}]' if gain.unit else ''
            self.declare_parameter(name, gains[name], ParameterDescriptor(
                description=f'{gain.description}{unit}; may change while running',
                floating_point_range=[FloatingPointRange(from_value=gain.minimum, to_value=gain.maximum)]))
        self._gains = gains
        self._declare('walking_file', str(share_path('config', 'walking.yaml')), 'settings of the gait, read at the start')
        self._declare('walk_timeout', 0.5, 'age of walk/command [s] at which the robot stops, read when configured')
        self._gait = WalkConfiguration.load(self._value('walking_file'))
        for name, setting in self._gait.table.items():
            unit = f' [{setting.unit}]' if setting.unit else ''
            self.declare_parameter(f'{WALK}{name}', self._gait[name], ParameterDescriptor(
                description=f'{setting.description}{unit}; may change while running',
                floating_point_range=[FloatingPointRange(from_value=setting.minimum, to_value=setting.maximum)]))
        self.add_on_set_parameters_callback(self._on_parameters)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._active = False
        self._serve_due = self._diagnose_due = self._nag_due = 0.0

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Build model, controller and topics; fails with the reason in the log."""
        try:
            robot = RobotModel.load(self._value('robot_file'))
            gains = self._gains.with_values({name: self._value(name) for name in self._gains.table})
            gait = self._gait.with_values({name: self._value(f'{WALK}{name}') for name in self._gait.table})
            self.controller = BalanceController(robot, gains, gait)
        except HumanoidError as error:
            self.get_logger().error(f'cannot be configured: {error}')
            return TransitionCallbackReturn.FAILURE
        controller = self.controller
        self._state_codec = JointStateCodec(controller.layout.names)
        self._reference_codec = JointStateCodec(controller.names)
        self._command_codec = JointStateCodec(controller.names)
        controller.bind_commands(self._command_codec.position, self._command_codec.velocity, self._command_codec.effort)
        self._commands = self.create_publisher(JointState, 'joint_commands', SURE)
        self._states = PolledSubscription(self, JointState, 'low_state', NEWEST)
        self._references = PolledSubscription(self, JointState, 'whole_body/reference', NEWEST)
        self._topics = BalanceTopics(self, self._value('odometry_frame'), robot.configuration.frames.base,
                                     self._value('footprint_frame'))
        soles = {robot.configuration.legs[side].sole: foot for foot, side in enumerate(SIDES)}
        self._walk_topics = WalkTopics(self, controller.walking, self._value('odometry_frame'), soles,
                                       self._value('walk_timeout'), self._refuse)
        self._diagnostics = BalanceDiagnostics(self, controller)
        self._reset_service = self.create_service(Trigger, 'balance/reset', self._on_reset)
        self._heartbeat = Heartbeat(self, self._value('supervised'))
        if self._value('real_time_priority'):
            self.get_logger().info(f'scheduling: {prefer_this_process()}')
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Take over with the next low_state."""
        self.controller.activate()
        self._mode = Mode.DAMPING
        self._ticks = 0
        self._heard = time.monotonic()
        self._active = True
        gc.collect()
        gc.freeze()
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the joints with a last command that has no effort, then be silent."""
        self._active = False
        self.controller.deactivate()
        self._publish_rest(self.controller.report.stamp)
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Take controller and topics down."""
        self._disconnect()
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """As deactivation and clean-up."""
        if self._active:
            self._active = False
            self._publish_rest(self.controller.report.stamp)
        self._disconnect()
        return TransitionCallbackReturn.SUCCESS

    def run(self) -> None:
        """Work until `request_stop`."""
        while not self.stop:
            if self._active:
                message = self._states.wait(SERVE_PERIOD)
                if message is not None:
                    self._tick(message)
            now = time.monotonic()
            if now >= self._serve_due:
                self._executor.spin_once(timeout_sec=0.0 if self._active else SERVE_PERIOD)
                self._serve_due = time.monotonic() + SERVE_PERIOD
                if self._active and now >= self._diagnose_due:
                    self._diagnose_due = now + DIAGNOSE_PERIOD
                    self._diagnostics.publish(now - self._heard)

    def close(self) -> None:
        """Leave the joints without effort and end."""
        if self._active:
            self._active = False
            self._publish_rest(self.controller.report.stamp)
        self._disconnect()
        self._executor.shutdown()

    def _tick(self, message: bytes) -> None:
        begin = time.perf_counter_ns()
        if self._ticks % HEARTBEAT_EVERY == 0:
            self._obey_supervisor()
        self._ticks += 1
        try:
            stamp, position, velocity, _ = self._state_codec.unpack(message)
        except MessageLayoutError as error:
            self._refuse('low_state', str(error))
            self._publish_rest(self.controller.report.stamp)
            return
        mode = self.controller.tick(stamp, position, velocity)
        self._diagnostics.add_time(time.perf_counter_ns() - begin)
        self._commands.publish(self._command_codec.pack(stamp))
        self._heard = time.monotonic()
        if mode != self._mode:
            self._tell_mode(Mode(mode))
        message = self._references.take()
        if message is not None:
            self._take_reference(message)
        self._walk_topics.tick(stamp, mode in (Mode.STANDING, Mode.HOLDING))
        self._topics.publish(self.controller.report)

    def _obey_supervisor(self) -> None:
        if self._heartbeat.listen():
            self.controller.set_stop(self._heartbeat.category)
            self.get_logger().warning(self._heartbeat.reason or 'free to work again')

    def _take_reference(self, message: bytes) -> None:
        try:
            stamp, position, velocity, _ = self._reference_codec.unpack(message)
            self.controller.set_reference(stamp, position, velocity)
        except (MessageLayoutError, RefusedReferenceError) as error:
            self._refuse('whole_body/reference', str(error))

    def _publish_rest(self, stamp: int) -> None:
        """A command without effort that only damps, at the last commanded positions."""
        self._command_codec.velocity[:] = 0.0
        self._command_codec.effort[:] = 0.0
        self._commands.publish(self._command_codec.pack(stamp))

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Balance again after a fall or failure, from the posture that is measured then."""
        response.success = self._active
        if not self._active:
            response.message = 'balance is not active'
        elif self._mode in (Mode.STANDING, Mode.HOLDING):
            response.message = 'it balances: nothing to reset'
        else:
            response.message = (f'forgotten: {self.controller.reason}; it balances as soon as it is upright and its feet '
                                'carry it')
            self.controller.activate()
            self._mode = Mode.DAMPING
        self.get_logger().info(f'reset: {response.message}')
        return response

    def _tell_mode(self, mode: Mode) -> None:
        self._mode = mode
        self._diagnostics.tell_mode()
        if mode == Mode.STANDING:
            self.get_logger().info('standing')
        elif mode == Mode.FALLEN:
            self.get_logger().error(f'fallen: {self.controller.reason}; damping until balance/reset is called')
        else:
            self.get_logger().error(f'{mode.name.lower()}: {self.controller.reason}')

    def _refuse(self, topic: str, reason: str) -> None:
        now = time.monotonic()
        if self._diagnostics.refuse(f'{topic}: {reason}') or now >= self._nag_due:
            self._nag_due = now + NAG_PERIOD
            self.get_logger().warning(f'{topic} refused: {reason}')

    def _on_parameters(self, parameters: list[Parameter]) -> SetParametersResult:
        changes = {p.name: p.value for p in parameters if p.name in self._gains.table}
        gait = {p.name.removeprefix(WALK): p.value for p in parameters if p.name.startswith(WALK)}
        try:
            if self.controller is not None and changes:
                self.controller.set_parameters(changes)
            if self.controller is not None and gait:
                self.controller.walking.set_parameters(gait)
        except HumanoidError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _disconnect(self) -> None:
        if self.controller is None:
            return
        self._topics.destroy()
        self._walk_topics.destroy()
        self._diagnostics.destroy()
        self._heartbeat.destroy()
        self.destroy_publisher(self._commands)
        self.destroy_service(self._reset_service)
        self.destroy_subscription(self._states.subscription)
        self.destroy_subscription(self._references.subscription)
        # what still holds a subscription keeps the middleware's shared memory from being freed
        del self._states, self._references, self._topics, self._walk_topics, self._diagnostics, self._commands
        del self._reset_service, self._heartbeat
        self.controller = None

    def _declare(self, name: str, value: object, description: str) -> None:
        self.declare_parameter(name, value, ParameterDescriptor(description=description))

    def _value(self, name: str):
        return self.get_parameter(name).value


def main() -> int:
    """Balance until Ctrl-C or SIGTERM; 1 when the node cannot start."""
    return run_process('balance', BalanceNode)


if __name__ == '__main__':
    sys.exit(main())
