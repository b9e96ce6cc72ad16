# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node `joint_driver`: motors on buses behind `low_state` and `joint_commands`.

Configuring opens the buses and identifies the motors, activating switches them on in the posture that they are in.
In real time a thread in C keeps the deadlines and the ladder of safe states; this loop feeds it and may be late.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from std_srvs.srv import Trigger

from humanoid_control.drivers.actuator_model import load_actuator_models
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.driver_loop_node import DriverLoop
from humanoid_control.drivers.driver_settings import DriverSettings
from humanoid_control.drivers.errors import DriverError, LinkError, MotorError
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.drivers.lock_step import SOCKET_NAME
from humanoid_control.drivers.sensor_source import load_sensor_source
from humanoid_control.drivers.socket_folder import default_socket_folder
from humanoid_control.middleware.process_node import LifecycleProcessNode, run_process
from humanoid_control.model import ConfigurationError, HumanoidError, RobotModel, share_path

SERVE_PERIOD = 0.02  # [s] of wall time between looks at services
NAG_PERIOD = 5.0  # [s] of wall time between repeated log lines
BUS_KINDS = ('configured', 'simulated')
SITTING_GRACE = 0.5  # [s] beyond the time of sitting down until the driver gives up on being gentle
LAST_TICKS = 3  # in which motors are told to be off
STOPS = {'off': 0, 'sit': 1, 'hold': 2}


class JointDriverNode(LifecycleProcessNode, LifecycleNode):
    """Shell around JointDriver: messages, parameters, lifecycle. `run` is its loop."""

    def __init__(self) -> None:
        super().__init__('joint_driver')
        self.stop_requests = 0
        self.driver: JointDriver | None = None
        for name, value, description in (
            ('autostart', False, 'configure and activate without being asked'),
            ('robot_file', str(share_path('config', 'robots', 'humanoid.yaml')), 'robot file'),
            ('bus_file', str(share_path('config', 'robots', 'humanoid_buses.yaml')), 'bus plan of the robot'),
            ('driver_file', str(share_path('config', 'joint_driver.yaml')), 'settings of the driver'),
            ('buses', 'configured', 'configured: those of the plan; simulated: those of emulated_motors, in lock-step'),
            ('socket_folder', str(default_socket_folder()), 'folder of the simulated buses'),
            ('emulation_timeout', 0.0, 'simulated buses may take this long to appear, and their motors to answer [s]'),
            ('readonly', False, 'listen, never write'),
            ('allow_missing_sensors', False, 'activate without IMU and force sensors (joints on a bench)'),
            ('command_timeout', 0.5, 'lock-step waits for one command at most this long [s]'),
        ):
            self.declare_parameter(name, value, ParameterDescriptor(description=f'{description}; read when configured'))
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._loop: DriverLoop | None = None
        self._serve_due = 0.0
        for name, category in STOPS.items():
            self.create_service(Trigger, f'~/{name}', lambda _, response, c=category: self._on_stop(c, response))
        self.create_service(Trigger, '~/reset', self._on_reset)

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Open the buses and identify the motors; fails with the reason in the log."""
        try:
            end = time.monotonic() + self._value('emulation_timeout')
            self._wait_for_emulation(end)
            self.driver = self._make_driver()
            self._identify(end)
            self._require_sensors()
        except HumanoidError as error:
            self._clean_up()
            self.get_logger().error(f'cannot be configured: {error}')
            return TransitionCallbackReturn.FAILURE
        for remark in self.driver.remarks:
            self.get_logger().info(remark)
        self.get_logger().info(
            f'{len(self.driver.plan.motors)} motors on {len(self.driver.plan.buses)} buses '
            + ('are listened to' if self.driver.read_only else 'are those of the plan')
        )
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Set the motors up and switch them on; fails with the reason in the log."""
        try:
            self.driver.activate()
        except HumanoidError as error:
            self.get_logger().error(f'cannot be activated: {error}')
            return TransitionCallbackReturn.FAILURE
        self._loop = DriverLoop(self, self.driver, self._value('command_timeout'), self._serve)
        gc.collect()
        gc.freeze()
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Sit down, then switch the motors off."""
        self._end_activity()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Close the buses."""
        self._clean_up()
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """As deactivation and clean-up."""
        self._end_activity()
        self._clean_up()
        return TransitionCallbackReturn.SUCCESS

    def request_stop(self) -> None:
        """Let `run` return soon; asked a second time, don't wait for the robot to sit. For signal handlers."""
        self.stop_requests += 1

    def run(self) -> None:
        """Work until `request_stop`."""
        while not self.stop_requests and self.exit_code is None:
            if self._loop is None:
                self._executor.spin_once(timeout_sec=SERVE_PERIOD)
                continue
            try:
                self._loop.tick()
            except LinkError as error:
                if not self.stop_requests:
                    self.get_logger().error(str(error))
                    self.exit_code = 1
                return
            self._serve()

    def close(self) -> None:
        """Sit down, switch off, close."""
        self._end_activity()
        self._clean_up()
        self._executor.shutdown()

    def _make_driver(self) -> JointDriver:
        settings = DriverSettings.load(self._value('driver_file'))
        plan = BusPlan.load(self._value('bus_file'))
        kind, folder = self._value('buses'), self._value('socket_folder')
        if kind not in BUS_KINDS:
            raise ConfigurationError(f'parameter buses: expected one of {", ".join(BUS_KINDS)}, got {kind!r}')
        robot, models = RobotModel.load(self._value('robot_file')), load_actuator_models()
        if kind == 'simulated':
            return JointDriver(
                plan.simulated(folder),
                robot,
                models,
                settings,
                lock_step_folder=folder,
                read_only=self._value('readonly'),
            )
        sensors = load_sensor_source(plan.sensors.source, dict(plan.sensors.options)) if plan.sensors else None
        return JointDriver(plan, robot, models, settings, sensors=sensors, read_only=self._value('readonly'))

    def _wait_for_emulation(self, end: float) -> None:
        """Give an emulation that was started together with this node until `end` [s] to open its buses."""
        if self._value('buses') != 'simulated':
            return
        link = Path(self._value('socket_folder')) / SOCKET_NAME
        while not link.exists() and time.monotonic() < end and not self.stop_requests:
            time.sleep(SERVE_PERIOD)

    def _identify(self, end: float) -> None:
        """Compare the motors with the plan; those of an emulation that has just opened its buses may answer late."""
        while True:
            try:
                return self.driver.configure()
            except MotorError as error:
                if self._value('buses') != 'simulated' or time.monotonic() > end or self.stop_requests:
                    raise
                self.get_logger().warning(f'asking again: {error}', throttle_duration_sec=NAG_PERIOD)

    def _require_sensors(self) -> None:
        if self.driver.plan.sensors is not None or self._value('buses') == 'simulated':
            return
        if not self._value('allow_missing_sensors') and not self._value('readonly'):
            raise ConfigurationError(
                f'{self._value("bus_file")}: sensors: no source of IMU and force sensors is named '
                '(docs/hardware.md); for joints on a bench set the parameter allow_missing_sensors'
            )
        self.get_logger().warning('no IMU and force sensors: low_state carries zeros in their place')

    def _on_stop(self, category: int, response: Trigger.Response) -> Trigger.Response:
        return self._answer(response, lambda: self.driver.stop(category))

    def _on_reset(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        return self._answer(response, lambda: self.driver.reset())

    def _answer(self, response: Trigger.Response, action) -> Trigger.Response:
        if self._loop is None:
            response.success, response.message = False, 'not active'
            return response
        try:
            action()
        except DriverError as error:
            response.success, response.message = False, str(error)
            return response
        response.success, response.message = True, self.driver.exchange.explain(self.driver.exchange.status())
        return response

    def _serve(self) -> bool:
        """Answer services now and then; whether to go on."""
        now = time.monotonic()
        if now >= self._serve_due:
            self._executor.spin_once(timeout_sec=0.0)
            self._serve_due = time.monotonic() + SERVE_PERIOD
        return not self.stop_requests and self._loop is not None

    def _end_activity(self) -> None:
        """Sit down in real time, then switch the motors off."""
        loop, self._loop = self._loop, None
        if loop is None or self.driver is None:
            return
        try:
            if not self.driver.read_only and not self.driver.pace.lock_step:
                self._sit_down(loop)
            self.driver.deactivate()
        except DriverError as error:
            # an emulation that was stopped at the same time takes its buses with it
            if not (self.stop_requests and self._value('buses') == 'simulated'):
                self.get_logger().error(f'while the motors were switched off: {error}')
        loop.close()

    def _sit_down(self, loop: DriverLoop) -> None:
        """Tick until the robot sits with its motors off, or somebody is in a hurry."""
        asked = max(self.stop_requests, 1)
        self.driver.stop(STOPS['sit'])
        end = time.monotonic() + self.driver.settings.exchange.sit_time + SITTING_GRACE
        while not self.driver.is_quiet and time.monotonic() < end and self.stop_requests <= asked:
            loop.tick(obey=False)
        self.driver.stop(STOPS['off'])
        for _ in range(LAST_TICKS):
            loop.tick(obey=False)

    def _clean_up(self) -> None:
        if self.driver is not None:
            self.driver.clean_up()
            self.driver = None

    def _value(self, name: str):
        return self.get_parameter(name).value


def main() -> int:
    """Drive until Ctrl-C or SIGTERM; 1 when the driver cannot start or loses its emulation."""
    return run_process('joint_driver', JointDriverNode)


if __name__ == '__main__':
    sys.exit(main())
