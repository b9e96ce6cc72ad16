# SPDX-License-Identifier: Apache-2.0
"""Plan, models and buses that the tool works with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Self

import numpy as np

from humanoid_control.drivers.actuator_model import ActuatorModel, load_actuator_models
from humanoid_control.drivers.ankle import Ankle
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.buses import Bus
from humanoid_control.drivers.driver_settings import DriverSettings
from humanoid_control.drivers.errors import DriverError
from humanoid_control.drivers.joints_tool.dry_run_client import DryRunClient
from humanoid_control.drivers.motor_client import MotorAddress, MotorClient
from humanoid_control.model.robot_model import RobotModel


class Workbench:
    """Opens buses when they are needed; use as a context manager.

    Attributes:
        plan, robot, models: what is to be found on the buses.
        client: talks to motors, or says what it would say.
        dry: whether nothing is sent.
    """

    def __init__(
        self,
        robot_file: str | Path,
        bus_file: str | Path,
        driver_file: str | Path,
        *,
        simulated: str | Path | None = None,
        dry: bool = False,
    ):
        """`simulated`: folder of simulated buses in place of the plan's. Raises ConfigurationError as BusPlan.check."""
        plan = BusPlan.load(bus_file)
        self.plan = plan.simulated(simulated) if simulated else plan
        self.robot = RobotModel.load(robot_file)
        self.models: Mapping[str, ActuatorModel] = load_actuator_models()
        self.plan.check(self.robot, self.models)
        self.settings = DriverSettings.load(driver_file)
        set_up = self.settings.set_up
        self.client = (DryRunClient if dry else MotorClient)(self.plan.host_id, set_up.reply_timeout, set_up.attempts)
        self.dry = dry
        self._buses: dict[str, Bus] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for bus in self._buses.values():
            bus.close()

    def bus(self, name: str) -> Bus:
        """An open bus of the plan (closed in a dry run).

        Raises DriverError for an unknown name, BusError when it doesn't open.
        """
        if name not in self.plan.buses:
            raise DriverError(f'bus {name!r} is not in the plan; it has {", ".join(self.plan.buses)}')
        if name not in self._buses:
            self._buses[name] = self.plan.buses[name].create(name, self.plan.bitrate)
            if not self.dry:
                self._buses[name].open()
        return self._buses[name]

    def motor(self, name: str) -> MotorAddress:
        """Address of a motor by its name, or by that of the one joint it moves; DriverError for any other name."""
        return self._address(self._motor_names(name, one=True)[0])

    def motors(self, name: str) -> list[MotorAddress]:
        """Addresses of a motor, or of all motors of a joint."""
        return [self._address(motor) for motor in self._motor_names(name, one=False)]

    def model(self, motor: str) -> ActuatorModel:
        """Actuator model of a motor."""
        return self.models[self.plan.motors[motor].model]

    def joint_positions(self, measure: Callable[[str], float]) -> Iterator[tuple[str, float]]:
        """Joints with their positions [rad, m], from those of the motors [rad] that `measure` gives.

        A linkage that fits no posture gives NaN for its joints.
        """
        for name, joint in self.plan.joints.items():
            yield name, (measure(joint.motor) - joint.offset) / joint.ratio
        for linkage in self.plan.linkages.values():
            ankle = Ankle(tuple(crank.rod for crank in linkage.cranks))
            angles = [
                (measure(crank.motor) - crank.offset) / crank.ratio + zero
                for crank, zero in zip(linkage.cranks, ankle.zero)
            ]
            try:
                posture, _ = ankle.joints(np.array(angles))
            except DriverError:
                posture = (math.nan, math.nan)
            yield from zip(linkage.joints, posture)

    def _address(self, motor: str) -> MotorAddress:
        settings = self.plan.motors[motor]
        return MotorAddress(motor, self.bus(settings.bus), settings.id)

    def _motor_names(self, name: str, *, one: bool) -> tuple[str, ...]:
        if name in self.plan.motors:
            return (name,)
        if name not in self.plan.driven_joints:
            raise DriverError(
                f'{name!r} is neither a motor nor a joint of the plan; motors: {", ".join(self.plan.motors)}'
            )
        motors = self.plan.motors_of(name)
        if one and len(motors) > 1:
            raise DriverError(f'joint {name!r} has several motors: name one of {", ".join(motors)}')
        return motors
