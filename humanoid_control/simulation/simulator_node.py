# SPDX-License-Identifier: Apache-2.0
"""Node `simulator`: the stand-in behind the topics of the joint drivers.

Lock-step by default: state k is published and the world waits for the command stamped k, so that a busy machine
slows the world down and never makes the robot fall.
"""
from __future__ import annotations

import gc
import sys
import time

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState

from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.middleware.process_node import ProcessNode, run_process
from humanoid_control.model.command_order import CommandOrder
from humanoid_control.model.joint_state_codec import JointStateCodec, MessageLayoutError
from humanoid_control.safety.heartbeat_node import Heartbeat
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.simulation.offscreen import RenderingError
from humanoid_control.simulation.operator_services_node import OperatorServices
from humanoid_control.simulation.pacing import Pace
from humanoid_control.simulation.partner_topics_node import PartnerTopics
from humanoid_control.simulation.simulated_robot import CONTROL_STEP, CommandError
from humanoid_control.simulation.simulator_parameters_node import SimulatorParameters
from humanoid_control.simulation.stand_in import StandIn
from humanoid_control.simulation.state_topics_node import StateTopics
from humanoid_control.simulation.viewer import Viewer

STATE_TOPICS_EVERY = 5      # ticks: 100 Hz
HEARTBEAT_EVERY = 5         # ticks between looks at the supervisor's heartbeat
SERVE_PERIOD = 0.05         # [s] of wall time between looks at services and parameters
IDLE_PERIOD = 0.1           # [s] of wall time between repeated messages while time stands still
RESEND_PERIOD = 0.5         # [s] of wall time between the states that wait for a first answer
NAG_PERIOD = 5.0            # [s] of wall time between repeated log lines
FAST = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
ANY_SENDER = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


class SimulatorNode(ProcessNode, Node):
    """Wraps a StandIn; `run` is its loop."""

    def __init__(self, name: str = 'simulator', more_parameters: tuple[str, ...] = ()) -> None:
        """`more_parameters`: names that a subclass declares itself."""
        super().__init__(name, automatically_declare_parameters_from_overrides=True)
        self.parameters = SimulatorParameters(self, more_parameters)
        self.settings = self.parameters.settings.node
        site = self.parameters.site()
        self.stand_in = StandIn(self.parameters.settings.world.seed, self.parameters.options,
                                robot=self.parameters.robot(), site=site, with_station=site is not None,
                                configuration_path=self.parameters.files['simulator_file'])
        self.misses = 0
        self.lost = False
        self.order = CommandOrder()
        self._misses_in_a_row = 0
        self.pace = Pace(self.settings.real_time_factor)
        self._connect_joints()
        self.partners = PartnerTopics(self, self.stand_in, self.settings)
        self.operator = OperatorServices(self)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._serve_due = 0.0
        self._nag_due: dict[str, float] = {}
        self._viewer = self._open_viewer()
        self._tick = 0
        self._free_due = 0.0
        self._clock_due = 0.0
        self._stale = round(self.parameters.settings.drive.stale_after * 1e9)

    def _connect_joints(self) -> None:
        """Open the topics of a joint driver."""
        layout = self.stand_in.layout
        self._state_codec = JointStateCodec(layout.names)
        self._state_publisher = self.create_publisher(JointState, 'low_state', FAST)
        self._command_codec = JointStateCodec(layout.joint_names)
        self._commands = PolledSubscription(self, JointState, 'joint_commands', ANY_SENDER)
        self._topics = StateTopics(self, self.stand_in)
        self._heartbeat = Heartbeat(self, required=False)

    def run(self) -> None:
        """Step the world until `stop`."""
        if not self.settings.realtime:
            self._await_first_command()
        gc.collect()
        gc.freeze()
        self.pace.start(self.stand_in.time_ns, time.monotonic())
        tick = self._tick_free if self.settings.realtime else self._tick_in_lock_step
        while not self.stop:
            if time.monotonic() >= self._serve_due:
                self.serve()
            if self.operator.may_step():
                tick()
            else:
                self._stand_still()

    def serve(self, timeout: float = 0.0) -> None:
        """Answer services, parameters and pushes; report and show what is due."""
        self._executor.spin_once(timeout_sec=timeout)
        self._serve_due = time.monotonic() + SERVE_PERIOD
        self.operator.report()
        if self._viewer:
            self._viewer.show()

    def close(self) -> None:
        """Close window and services."""
        if self._viewer:
            self._viewer.close()
        self._executor.shutdown()

    def _await_first_command(self) -> None:
        """Time stands still until somebody controls the robot; state and clock are there for all to see."""
        timeout = self.settings.start_timeout
        end = time.monotonic() + timeout if timeout > 0 else float('inf')
        resend = 0.0
        while not self.stop and time.monotonic() < end:
            now = time.monotonic()
            if now >= resend:
                resend = now + RESEND_PERIOD
                self._publish_state()
            self._nag('start', f'waiting for the first joint_commands ({self.count_publishers("joint_commands")} publishers '
                      'now): is balance running and active?')
            self.serve()
            message = self._commands.wait(SERVE_PERIOD)
            if message is not None and self._accept(message, self.stand_in.time_ns):
                self.get_logger().info(f'controlled from simulated time {self.stand_in.time:.3f} s on')
                self._advance()     # the answered state must not be sent again
                return
        if not self.stop:
            self.get_logger().warning(f'no joint_commands within {timeout:g} s: going on, the joints hold their posture')
            self.lost = True

    def held_up(self) -> bool:
        """Whether somebody is behind whom the world waits for; the clock is repeated meanwhile, as a sign of life."""
        if self.partners.wait():
            return False
        now = time.monotonic()
        if now >= self._clock_due:
            self._clock_due = now + RESEND_PERIOD
            self._topics.publish_clock()
        return True

    def _tick_in_lock_step(self) -> None:
        if self.held_up():
            return
        self._publish_state()
        if self.lost:
            self._look_for_controller()
        else:
            self._await_command(self.stand_in.time_ns)
        self._advance()
        wait = self.pace.wait(self.stand_in.time_ns, time.monotonic())
        if wait > 0:
            time.sleep(min(wait, SERVE_PERIOD))

    def _tick_free(self) -> None:
        """One tick at wall speed: the deadline of the tick decides, not the answer."""
        # after a stall the lost time is not caught up
        due = self._free_due = max(self._free_due, time.monotonic() - 10 * CONTROL_STEP) + CONTROL_STEP
        self._publish_state()
        answered = False
        while True:
            message = self._commands.wait(due - time.monotonic())
            if message is not None:
                answered = self._accept(message, self.stand_in.time_ns - self._stale) or answered
            elif time.monotonic() >= due:
                break
        self._count(answered)
        self._advance()
        self.pace.wait(self.stand_in.time_ns, time.monotonic())

    def _await_command(self, stamp: int) -> None:
        """Wait for the command that answers the state stamped `stamp`; count a miss when it does not come."""
        deadline = time.monotonic() + self.settings.command_timeout
        while not self.stop:
            message = self._commands.wait(min(deadline - time.monotonic(), IDLE_PERIOD))
            if message is not None:
                if self._accept(message, stamp):
                    self._count(True)
                    return
                continue
            now = time.monotonic()
            if now >= deadline:
                self._count(False)
                return
            if now >= self._serve_due:
                self.serve()

    def _look_for_controller(self) -> None:
        """Go on at wall speed while the joints hold; a command brings lock-step back."""
        message = self._commands.wait(CONTROL_STEP)
        if message is not None and self._accept(message, self.stand_in.time_ns - self._stale):
            self.lost = False
            self._misses_in_a_row = 0
            self.get_logger().info(f'joint_commands are back at simulated time {self.stand_in.time:.3f} s')

    def _accept(self, message: bytes, oldest: int) -> bool:
        """Hand a command to the drives when it answers a state stamped `oldest` [ns] or later; whether it did."""
        try:
            stamp, position, velocity, effort = self._command_codec.unpack(message)
            if not self.order.admits(stamp) or stamp < oldest:
                return False
            self.stand_in.apply(position, velocity, effort)
        except (MessageLayoutError, CommandError) as error:
            self._nag('refused', f'joint_commands refused: {error}')
            return False
        return True

    def _count(self, answered: bool) -> None:
        if answered:
            self._misses_in_a_row = 0
            return
        self.misses += 1
        self._misses_in_a_row += 1
        if self._misses_in_a_row >= self.settings.lost_after and not self.settings.realtime:
            self.lost = True
            self.get_logger().error(f'{self._misses_in_a_row} states in a row were not answered on joint_commands: '
                                    'the joints hold their posture until commands come again')

    def _obey_supervisor(self) -> None:
        """Take the power from the joints when the supervisor says so; balance carries out its softer stops."""
        if not self._heartbeat.listen():
            return
        powered = self._heartbeat.category is not StopCategory.POWER_OFF
        if powered != self.stand_in.robot.powered:
            self.stand_in.robot.switch(powered)
            self.get_logger().info('the joints have power again' if powered else f'joints off: {self._heartbeat.reason}')

    def _step_world(self) -> None:
        if self._tick % HEARTBEAT_EVERY == 0:
            self._obey_supervisor()
        self.stand_in.step()

    def _advance(self) -> None:
        self._step_world()
        self.operator.stepped()
        self._tick += 1
        self.partners.stepped(self._tick)

    def _stand_still(self) -> None:
        self._topics.publish_clock()
        self.serve(IDLE_PERIOD)
        self.pace.start(self.stand_in.time_ns, time.monotonic())
        self.partners.restart()

    def _publish_state(self) -> None:
        codec = self._state_codec
        codec.position[:], codec.velocity[:], codec.effort[:] = self.stand_in.robot.state
        self._state_publisher.publish(codec.pack(self.stand_in.time_ns))
        if self._tick % STATE_TOPICS_EVERY == 0:
            self._topics.publish()  # after low_state: the controller computes meanwhile

    def _nag(self, topic: str, text: str) -> None:
        """Warn, but not again and again on the same topic."""
        now = time.monotonic()
        if now >= self._nag_due.get(topic, 0.0):
            self._nag_due[topic] = now + NAG_PERIOD
            self.get_logger().warning(text)

    def _open_viewer(self) -> Viewer | None:
        if self.settings.headless:
            return None
        try:
            return Viewer(self.stand_in.world)
        except RenderingError as error:
            self.get_logger().warning(str(error))
            return None


def main() -> int:
    """Simulate until Ctrl-C or SIGTERM; 1 when the world could not be built."""
    return run_process('simulator', SimulatorNode)


if __name__ == '__main__':
    sys.exit(main())
