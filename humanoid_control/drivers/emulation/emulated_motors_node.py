# SPDX-License-Identifier: Apache-2.0
"""Node `emulated_motors`: the stand-in with motors on simulated buses in place of joint topics.

World, pacing, cameras' state, services and scores are the simulator's. The joints' topics come from the joint driver,
which finds here what it finds on the real robot: buses with motors.
"""

from __future__ import annotations

import contextlib
import sys
import time

from rcl_interfaces.msg import ParameterDescriptor
from rosgraph_msgs.msg import Clock
from std_msgs.msg import String

from humanoid_control.drivers.actuator_model import load_actuator_models
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.emulation.emulator import Emulator
from humanoid_control.drivers.emulation.fault_desk import FaultDesk
from humanoid_control.drivers.emulation.mujoco_plant import MujocoPlant
from humanoid_control.drivers.errors import DriverError
from humanoid_control.drivers.socket_folder import default_socket_folder, make_socket_folder
from humanoid_control.middleware.process_node import run_process
from humanoid_control.model import ConfigurationError, share_path
from humanoid_control.simulation.message_templates import ClockTemplate
from humanoid_control.simulation.simulated_robot import CONTROL_STEP
from humanoid_control.simulation.simulator_node import IDLE_PERIOD, SERVE_PERIOD, STATE_TOPICS_EVERY, SimulatorNode
from humanoid_control.simulation.state_topics_node import CLOCK_EVERY

CLOCK_TICKS = STATE_TOPICS_EVERY * CLOCK_EVERY  # as often as the simulator's

_PARAMETERS = {
    'bus_file': (str(share_path('config', 'robots', 'humanoid_buses.yaml')), 'bus plan of the robot'),
    'socket_folder': (str(default_socket_folder()), 'folder in which the simulated buses are opened'),
    'loss': (0.0, 'share of frames that get lost, each way'),
    'latency': (0, 'ticks by which the encoders are behind, beside the one of the bus'),
}


class EmulatedMotorsNode(SimulatorNode):
    """Simulator whose robot is driven through buses."""

    def __init__(self) -> None:
        """Raises ConfigurationError or DriverError when plan, folder or world make no sense."""
        super().__init__('emulated_motors', tuple(_PARAMETERS))

    def close(self) -> None:
        """Take the buses down, too."""
        self.emulator.close()
        with contextlib.suppress(OSError):  # others may keep something there
            self._folder.rmdir()
        super().close()

    def _connect_joints(self) -> None:
        for name, (default, description) in _PARAMETERS.items():
            if not self.has_parameter(name):
                self.declare_parameter(name, default, ParameterDescriptor(description=description, read_only=True))
        if self.settings.realtime:
            raise ConfigurationError('parameter realtime: emulated motors run in lock-step with the joint driver only')
        self._folder = folder = make_socket_folder(self.get_parameter('socket_folder').value)
        plan = BusPlan.load(self.get_parameter('bus_file').value)
        models = load_actuator_models()
        plan.check(self.parameters.robot(), models)
        self.emulator = Emulator(
            plan,
            models,
            MujocoPlant(self.stand_in),
            folder,
            seed=self.parameters.settings.world.seed,
            latency=self.get_parameter('latency').value,
        )
        self.emulator.loss = float(self.get_parameter('loss').value)
        self._faults = FaultDesk(self.emulator)
        self.create_subscription(String, 'emulation/fault', self._on_fault, 10)
        self._topics = _ClockTopic(self)

    def _await_first_command(self) -> None:
        """Time stands still until a joint driver has switched the motors on, but the motors answer."""
        while not self.stop:
            self._topics.publish()
            self._nag(
                'start', 'waiting for the joint driver: is it running, with buses:=simulated and this socket_folder?'
            )
            self.serve()
            if self.emulator.serve(SERVE_PERIOD):
                self._advance()
                return

    def _tick_in_lock_step(self) -> None:
        if self.held_up():
            self.emulator.serve(0.0)
            return
        self._await_driver()
        self._advance()
        wait = self.pace.wait(self.stand_in.time_ns, time.monotonic())
        if wait > 0:
            time.sleep(min(wait, SERVE_PERIOD))

    def _await_driver(self) -> None:
        """Wait until the driver is done with its tick; without one time goes on at wall speed and drives go limp."""
        due = time.monotonic() + CONTROL_STEP
        while not self.stop:
            if self.emulator.serve(IDLE_PERIOD if self.emulator.linked else CONTROL_STEP):
                self._note_driver(True)
                return
            now = time.monotonic()
            if now >= self._serve_due:
                self.serve()
            if not self.emulator.linked and now >= due:
                self._note_driver(False)
                return

    def _note_driver(self, there: bool) -> None:
        if there and self.lost:
            self.get_logger().info(f'the joint driver is back at simulated time {self.stand_in.time:.3f} s')
        elif not there and not self.lost:
            self.get_logger().error('the joint driver is gone: its drives go limp by themselves')
        self.lost = not there

    def _step_world(self) -> None:
        self.emulator.tick()
        if self._tick % CLOCK_TICKS == 0:
            self._topics.publish_clock()

    def _on_fault(self, message: String) -> None:
        try:
            self._faults.order(message.data)
        except DriverError as error:
            self.get_logger().warning(f'emulation/fault refused: {error}')
            return
        self.get_logger().info(f'emulation/fault: {message.data}')


class _ClockTopic:
    """Stands where the simulator has all its topics: here the rest is the driver's."""

    def __init__(self, node: EmulatedMotorsNode):
        self._node = node
        self._clock = ClockTemplate()
        self._publisher = node.create_publisher(Clock, 'clock', 1)

    def publish(self) -> None:
        """Publish the simulated time."""
        self._publisher.publish(self._clock.pack(self._node.stand_in.time_ns))

    publish_clock = publish


def main() -> int:
    """Emulate until Ctrl-C or SIGTERM; 1 when world or buses could not be built."""
    return run_process('emulated_motors', EmulatedMotorsNode)


if __name__ == '__main__':
    sys.exit(main())
