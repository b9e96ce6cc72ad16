# SPDX-License-Identifier: Apache-2.0
"""The joint driver without ROS: from closed buses to joints that obey, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from humanoid_control.drivers.actuator_model import ActuatorModel
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.driver_settings import DriverSettings
from humanoid_control.drivers.errors import BusError, DriverError
from humanoid_control.drivers.exchange import Exchange
from humanoid_control.drivers.exchange_types import State
from humanoid_control.drivers.lock_step_link import LockStepLink
from humanoid_control.drivers.motor_check import MotorCheck
from humanoid_control.drivers.motor_client import MotorAddress, MotorClient
from humanoid_control.drivers.pace import LockStepPace, Pace, WallPace
from humanoid_control.drivers.parameters import DRIVE_TIMEOUT, LIMIT_TORQUE, RUN_MODE, timeout_steps
from humanoid_control.drivers.sensor_source import NoSensors, SensorSource
from humanoid_control.model.robot_model import RobotModel

OPERATION_MODE = 0
FIRST_TICK_TIMEOUT = 10.0  # [s] of wall time for an emulation to say what time it is


class JointDriver:
    """Life of the driver: `configure`, `activate`, ticks, `deactivate`, `clean_up`.

    A tick is `begin`, `read`, `command` (or not), `finish`.

    Attributes:
        plan, robot, settings: what it was made of.
        read_only: listens and never writes.
        identities: 64-bit identity of every motor, once configured.
        exchange, pace: while active.
    """

    def __init__(
        self,
        plan: BusPlan,
        robot: RobotModel,
        models: Mapping[str, ActuatorModel],
        settings: DriverSettings,
        *,
        sensors: SensorSource | None = None,
        lock_step_folder: str | Path | None = None,
        read_only: bool = False,
    ):
        """Check the plan.

        Args:
            sensors: IMU and force sensors; None for zeros.
            lock_step_folder: sockets of an emulation that gives the time; None for real time.

        Raises ConfigurationError when plan, robot and models don't fit; see BusPlan.check.
        """
        self.remarks = plan.check(robot, models)
        self.plan, self.robot, self.settings, self.read_only = plan, robot, settings, read_only
        self._models = models
        self._sensors = sensors or NoSensors()
        self._folder = lock_step_folder
        self._client = MotorClient(plan.host_id, settings.set_up.reply_timeout, settings.set_up.attempts)
        self._buses: dict[str, Bus] = {}
        self.identities: dict[str, int] = {}
        self.exchange: Exchange | None = None
        self.pace: Pace | None = None

    def configure(self) -> None:
        """Open the buses and see that the motors are those of the plan.

        Raises BusError naming every bus that cannot be opened, MotorError naming every motor that is not as planned.
        """
        complaints = []
        for name, settings in self.plan.buses.items():
            bus = settings.create(name, self.plan.bitrate)
            try:
                bus.open()
            except BusError as error:
                complaints.append(str(error))
            else:
                self._buses[name] = bus
        if complaints:
            self.clean_up()
            raise BusError('\n'.join(complaints))
        try:
            if not self.read_only:
                check = MotorCheck(self.plan, self._models, self._client, self.settings.set_up.scan_to)
                self.identities = check.run(self._buses)
            self._sensors.open()
        except DriverError:
            self.clean_up()
            raise

    def activate(self) -> None:
        """Set the motors up (stop, mode, limits, time-out) and begin the exchange, which switches them on.

        Raises DriverError of the motor, bus or emulation that fails; all is then as before.
        """
        if not self.read_only:
            for name in self.plan.motors:
                self._set_up(name)
        self.exchange = Exchange(
            self.plan,
            self.robot,
            self._models,
            self.settings,
            lock_step=self._folder is not None,
            read_only=self.read_only,
        )
        try:
            for bus in self._buses.values():
                self.exchange.attach(bus)
            self.pace = self._make_pace(self.exchange)
            if not self.read_only:
                self._start(self.exchange, self.pace)
        except DriverError:
            self._end_exchange()
            raise

    def begin(self, timeout: float) -> int | None:
        """Wait at most `timeout` [s] for a tick; its stamp [ns], None when none came."""
        return self._active()[1].begin(timeout)

    def read(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray, sensors: np.ndarray) -> float | None:
        """Write the state of this tick: joints (n,), sensors (30,).

        Returns:
            The age of the sensors' readings [s]; None, and nothing is written, while some motor was never heard.
        """
        exchange, pace = self._active()
        stamp, rows = exchange.joints()
        if stamp == 0:
            return None
        position[:], velocity[:], effort[:] = rows
        return pace.read_sensors(sensors)

    def command(self, position: np.ndarray, velocity: np.ndarray, effort: np.ndarray) -> str | None:
        """Give a command of all joints (n,); the name of a joint whose value isn't finite, and then it is dropped."""
        exchange, pace = self._active()
        return exchange.command(pace.now(), position, velocity, effort)

    def finish(self) -> None:
        """End the tick."""
        self._active()[1].finish()

    def stop(self, category: int) -> None:
        """Stop of category 0 (off), 1 (sit, then off) or 2 (hold), latched."""
        exchange, pace = self._active()
        exchange.stop(pace.now(), category)

    def reset(self) -> None:
        """Release a latched hold; DriverError when its cause is still there."""
        exchange, pace = self._active()
        exchange.reset(pace.now())

    @property
    def sensor_complaint(self) -> str:
        """What is wrong with IMU or force sensors, empty when nothing is; an emulation brings its own."""
        return '' if self._folder is not None or not self.is_active else self._sensors.complaint()

    @property
    def state(self) -> State:
        """State of the exchange; OFF when there is none."""
        return State(self.exchange.status().state) if self.exchange else State.OFF

    @property
    def is_active(self) -> bool:
        """Whether there is an exchange."""
        return self.exchange is not None

    @property
    def is_quiet(self) -> bool:
        """Whether the motors were told to be off often enough."""
        return self.state == State.OFF

    def deactivate(self) -> None:
        """Switch the motors off and end the exchange; to be gentle, `stop(1)` and tick until `is_quiet` first."""
        if self.exchange is None:
            return
        self._end_exchange()
        if not self.read_only:
            self._each_motor(lambda name: self._client.stop(self._address(name), self.model(name).wire_ranges))

    def clean_up(self) -> None:
        """Close everything."""
        self._end_exchange()
        for bus in self._buses.values():
            bus.close()
        self._buses.clear()
        self.identities.clear()
        self._sensors.close()

    def _set_up(self, name: str) -> None:
        motor = self.plan.motors[name]
        model = self.model(name)
        address = self._address(name)
        self._client.stop(address, model.wire_ranges, clear_fault=True)
        self._client.write(address, RUN_MODE, OPERATION_MODE)
        self._client.write(address, LIMIT_TORQUE, motor.torque_limit or model.ranges.torque)
        if model.has_drive_timeout:
            self._client.write(address, DRIVE_TIMEOUT, timeout_steps(self.settings.exchange.drive_timeout))

    def _each_motor(self, action: Callable[[str], object]) -> None:
        """Do it to every motor, whatever happens to one; the first complaint comes at the end."""
        complaints = []
        for name in self.plan.motors:
            try:
                action(name)
            except DriverError as error:
                complaints.append(error)
        if complaints:
            raise complaints[0]

    def _start(self, exchange: Exchange, pace: Pace) -> None:
        if pace.lock_step:
            # the emulation's first tick brings the time
            if pace.begin(FIRST_TICK_TIMEOUT) is None:
                raise DriverError('lock-step: the emulation gives no time')
            exchange.start(pace.now())
            pace.finish()
        else:
            exchange.start(pace.now())

    def _make_pace(self, exchange: Exchange) -> Pace:
        if self._folder is not None:
            return LockStepPace(exchange, LockStepLink(self._folder))
        return WallPace(exchange, self.settings.exchange, self._sensors)

    def _end_exchange(self) -> None:
        if self.pace is not None:
            self.pace.close()
        if self.exchange is not None:
            self.exchange.close()
        self.pace = self.exchange = None

    def _active(self) -> tuple[Exchange, Pace]:
        if self.exchange is None or self.pace is None:
            raise DriverError('the joint driver is not active')
        return self.exchange, self.pace

    def model(self, name: str) -> ActuatorModel:
        """Actuator model of a motor."""
        return self._models[self.plan.motors[name].model]

    def _address(self, name: str) -> MotorAddress:
        motor = self.plan.motors[name]
        return MotorAddress(name, self._buses[motor.bus], motor.id)
