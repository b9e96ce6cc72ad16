# SPDX-License-Identifier: Apache-2.0
"""The driver's fast loop between messages and exchange: `low_state` out, `joint_commands` in."""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState

from humanoid_control.drivers.driver_diagnostics_node import DriverDiagnostics
from humanoid_control.drivers.driver_topics_node import DriverTopics
from humanoid_control.drivers.exchange_types import State
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.model.command_order import CommandOrder
from humanoid_control.model.joint_state_codec import JointStateCodec, MessageLayoutError
from humanoid_control.safety.heartbeat_node import Heartbeat
from humanoid_control.safety.stop_category import StopCategory

WAIT_PERIOD = 0.02  # [s] of wall time between looks at whether to go on waiting
DIAGNOSE_PERIOD = 1.0  # [s] of wall time
NAG_PERIOD = 5.0  # [s] of wall time between repeated warnings
RESEND_PERIOD = 0.5  # [s] of wall time between the states that wait for a first answer in lock-step
SLOW_TOPICS_EVERY = 5  # ticks: 100 Hz
HEARTBEAT_EVERY = 5  # ticks between looks at the supervisor's heartbeat
STALE_SENSORS = 0.02  # [s]
SETTLE_TICKS = 250  # from the motors' coming on to the first state that is published


class DriverLoop:
    """Ticks an active JointDriver and publishes what it says."""

    def __init__(self, node: Node, driver: JointDriver, command_timeout: float, go_on: Callable[[], bool]):
        """Open the topics.

        Args:
            command_timeout: lock-step waits for one command at most this long [s].
            go_on: asked while the loop waits; may serve others.
        """
        self._node, self._driver, self._timeout, self._go_on = node, driver, command_timeout, go_on
        self._layout = layout = driver.robot.low_state_layout()
        lock_step = driver.pace.lock_step
        quality = QoSProfile(
            depth=1, reliability=ReliabilityPolicy.RELIABLE if lock_step else ReliabilityPolicy.BEST_EFFORT
        )
        self._state_codec = JointStateCodec(layout.names)
        self._state_publisher = node.create_publisher(JointState, 'low_state', quality)
        self._command_codec = JointStateCodec(layout.joint_names)
        self._commands = PolledSubscription(
            node, JointState, 'joint_commands', QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
        )
        self._heartbeat = Heartbeat(node, required=False)
        self._topics = DriverTopics(node, layout, driver.robot.configuration)
        self._order = CommandOrder()
        self._diagnostics = DriverDiagnostics(node, driver, self._order)
        self._commanded = False
        self._ticks = self._held = 0
        self._told: tuple[int, int, int] | None = None
        self._diagnose_due = self._nag_due = 0.0

    def tick(self, obey: bool = True) -> None:
        """One tick, if one begins within WAIT_PERIOD; with `obey` false no command is taken.

        Raises LinkError when the emulation that gives the time is gone.
        """
        stamp = self._driver.begin(WAIT_PERIOD)
        if stamp is None:
            return
        known = self._read_state() and self._settled()
        if known:
            if self._ticks % SLOW_TOPICS_EVERY == 0:
                self._publish_slow_topics(stamp)
            self._ticks += 1
            self._state_publisher.publish(self._state_codec.pack(stamp))
        if self._ticks % HEARTBEAT_EVERY == 0:
            self._obey_supervisor()
        if known and obey and self._driver.pace.lock_step:
            self._take_command_in_lock_step(stamp)
        elif known and obey:
            self._take_command(self._driver.settings.exchange.command_window)
        if not self._driver.is_active:
            return  # deactivated by a service while it waited
        self._driver.finish()
        self._report()

    def _obey_supervisor(self) -> None:
        """Switch off when the supervisor says so; its softer stops are carried out by balance."""
        self._heartbeat.listen()
        if self._heartbeat.category is StopCategory.POWER_OFF and self._driver.state != State.OFF:
            self._node.get_logger().error(f'motors off: {self._heartbeat.reason}')
            self._driver.stop(StopCategory.POWER_OFF)

    def _settled(self) -> bool:
        """Whether the joints have been held for long enough that an estimator may begin with what the sensors say."""
        if self._driver.state == State.ENABLING:
            self._held = 0
        else:
            self._held += 1
        return self._held > SETTLE_TICKS or self._driver.read_only

    def close(self) -> None:
        """Take the topics down."""
        self._topics.destroy()
        self._diagnostics.destroy()
        self._node.destroy_publisher(self._state_publisher)
        self._heartbeat.destroy()
        self._node.destroy_subscription(self._commands.subscription)

    def _read_state(self) -> bool:
        """Read this tick's state; whether there is one already."""
        codec, joints = self._state_codec, self._layout.joints
        age = self._driver.read(
            codec.position[joints], codec.velocity[joints], codec.effort[joints], codec.position[joints.stop :]
        )
        if age is not None and age > STALE_SENSORS:
            self._nag(f'IMU and force sensors are {age * 1e3:.0f} ms old')
        return age is not None

    def _publish_slow_topics(self, stamp: int) -> None:
        codec = self._state_codec
        self._topics.publish(stamp, codec.position, codec.velocity, codec.effort)

    def _take_command(self, window: float) -> None:
        message = self._commands.wait(window)
        if message is not None:
            self._accept(message)

    def _take_command_in_lock_step(self, stamp: int) -> None:
        """Wait for the command that answers this state; at first for as long as nobody commands."""
        if self._driver.read_only:
            return
        begin = resent = time.monotonic()
        while self._go_on():
            message = self._commands.wait(WAIT_PERIOD)
            now = time.monotonic()
            if message is not None:
                answered = self._accept(message)
                if answered == stamp or (answered is not None and not self._commanded):
                    self._commanded = True
                    return
            elif self._commanded and now - begin >= self._timeout:
                self._nag(f'the state of {stamp * 1e-9:.3f} s was not answered on joint_commands')
                return
            elif now - resent >= RESEND_PERIOD:
                resent = now
                self._state_publisher.publish(self._state_codec.pack(stamp))
                self._publish_slow_topics(stamp)
                self._report()

    def _accept(self, message: bytes) -> int | None:
        """Hand a command to the exchange; its stamp [ns], or None when it was refused or overtaken."""
        try:
            stamp, position, velocity, effort = self._command_codec.unpack(message)
        except MessageLayoutError as error:
            self._nag(f'joint_commands refused: {error}')
            return None
        if not self._order.admits(stamp):
            return None
        joint = self._driver.command(position, velocity, effort)
        if joint is not None:
            self._nag(f'joint_commands refused: a value of {joint!r} is not finite')
            return None
        return stamp

    def _report(self) -> None:
        status = self._driver.exchange.status()
        told = (status.state, status.cause, status.latched)
        if told != self._told:
            self._told = told
            text = self._driver.exchange.explain(status)
            log = self._node.get_logger()
            if status.latched:
                log.error(text)
            else:
                log.info(text)
        now = time.monotonic()
        if now >= self._diagnose_due:
            self._diagnose_due = now + DIAGNOSE_PERIOD
            self._diagnostics.publish()

    def _nag(self, text: str) -> None:
        """Warn, but not again and again."""
        now = time.monotonic()
        if now >= self._nag_due:
            self._nag_due = now + NAG_PERIOD
            self._node.get_logger().warning(text)
