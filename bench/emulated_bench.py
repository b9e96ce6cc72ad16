# SPDX-License-Identifier: Apache-2.0
"""A robot of plain inertias behind emulated motors, and a joint driver in lock-step with it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np

from humanoid_control.drivers.actuator_model import load_actuator_models
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.driver_settings import DriverSettings
from humanoid_control.drivers.emulation.emulator import Emulator
from humanoid_control.drivers.emulation.fault_desk import FaultDesk
from humanoid_control.drivers.emulation.plant import InertiaPlant, Plant
from humanoid_control.drivers.exchange_types import Cause, State
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.drivers.sensor_source import SensorSource
from humanoid_control.model.configuration import from_mapping, read_yaml
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.robot_model import RobotModel

TICK = 0.002  # [s]
PATIENCE = 20.0  # [s] of wall time; only a hang takes that long
ROBOT = RobotModel.default()
MODELS = load_actuator_models()
PLAN = BusPlan.load(share_path('config', 'robots', 'humanoid_buses.yaml'))

Command = tuple[np.ndarray, np.ndarray, np.ndarray]


def quick_settings(**exchange: float) -> DriverSettings:
    """The package's settings with short questions, so that tests are fast."""
    mapping = read_yaml(share_path('config', 'joint_driver.yaml'))
    mapping['set_up'] |= {'reply_timeout': 0.03, 'attempts': 20, 'scan_to': 6}
    mapping['exchange'] |= exchange
    return from_mapping(DriverSettings, mapping, 'test')


class EmulatedBench:
    """Emulated motors and a driver; use as a context manager.

    While the driver asks and waits for answers, a thread serves the motors. Ticks of the lock-step go in turn
    in one thread, so that they are exact and fast.

    Attributes:
        emulator, plant, faults: the motors, their mechanics, and faults on demand.
        driver: the joint driver, neither configured nor active.
        position, velocity, effort, sensors: what the driver read in the last tick.
    """

    def __init__(
        self,
        settings: DriverSettings | None = None,
        *,
        plan: BusPlan = PLAN,
        lock_step: bool = True,
        read_only: bool = False,
        wired: bool = False,
        plant: Plant | None = None,
        weight: float = 1.0,
        posture: dict[str, float] | None = None,
        sensors: SensorSource | None = None,
    ):
        """Build it.

        Args:
            wired: the plan's buses are multicast ones or CAN interfaces, left as they are.
            plant: mechanics that replace plain inertias.
            weight: multiplies the inertias.
            posture: joints that replace those of the stand posture.
            sensors: IMU and force sensors in real time; None for zeros.
        """
        self.folder = Path(tempfile.mkdtemp(prefix='bench_'))
        names = ROBOT.actuated_names
        start = ROBOT.configuration.stand_posture | (posture or {})
        inertia = weight * np.array([0.02 + ROBOT.configuration.joints[name].armature for name in names])
        self.plant = plant or InertiaPlant(names, np.array([start.get(name, 0.0) for name in names]), inertia)
        self.emulator = Emulator(plan if wired else PLAN, MODELS, self.plant, self.folder, wired=wired)
        self.faults = FaultDesk(self.emulator)
        self._serving = threading.Lock()
        self.driver = JointDriver(
            plan if wired else plan.simulated(self.folder),
            ROBOT,
            MODELS,
            settings or quick_settings(),
            sensors=sensors,
            lock_step_folder=self.folder if lock_step else None,
            read_only=read_only,
        )
        self.position, self.velocity, self.effort = np.zeros((3, len(names)))
        self.sensors = np.zeros(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.clean_up()
        self.emulator.close()
        shutil.rmtree(self.folder)

    @contextlib.contextmanager
    def served(self, period: float | None = None) -> Iterator[None]:
        """Serve the motors from a thread meanwhile; with a period [s] their mechanics go on by themselves."""
        stop = threading.Event()

        def serve() -> None:
            due = time.monotonic()
            while not stop.is_set():
                with self._serving:
                    done = self.emulator.serve(0.001)
                    if done or (period and time.monotonic() >= due):
                        due += period or 0.0
                        self.emulator.tick()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def order(self, fault: str) -> None:
        """Order a fault between two rounds of the thread that serves the motors."""
        with self._serving:
            self.faults.order(fault)

    def configure(self) -> None:
        """Configure the driver."""
        with self.served():
            self.driver.configure()

    def activate(self) -> None:
        """Activate the driver."""
        with self.served():
            self.driver.activate()

    def start(self) -> EmulatedBench:
        """Configure and activate, and tick until the motors are on."""
        self.configure()
        self.activate()
        for _ in range(20):
            self.tick()
            if self.driver.state != State.ENABLING:
                return self
        raise AssertionError(self.explain())

    def tick(self, command: Command | None = None) -> str | None:
        """One tick with a command, or without one; what the driver says to the command."""
        self._go_on()
        assert self.driver.begin(0.0) is not None, 'no tick came'
        self.driver.read(self.position, self.velocity, self.effort, self.sensors)
        answer = self.driver.command(*command) if command else None
        self.driver.finish()
        self._go_on()
        return answer

    def run(self, seconds: float, command: Command | None = None) -> None:
        """Tick for a simulated time."""
        for _ in range(round(seconds / TICK)):
            self.tick(command)

    def until(self, state: State, limit: float, command: Command | None = None) -> float:
        """Tick until a state is there; the simulated time that took [s]."""
        for ticks in range(round(limit / TICK) + 1):
            if self.driver.state == state:
                return ticks * TICK
            self.tick(command)
        raise AssertionError(f'expected {state.name} within {limit} s, but: {self.explain()}')

    def beat(self, command: Command | None = None) -> None:
        """One tick in real time, if one comes within a second, while the motors are served."""
        if self.driver.begin(1.0) is None:
            return
        self.driver.read(self.position, self.velocity, self.effort, self.sensors)
        if command:
            self.driver.command(*command)
        self.driver.finish()

    def wait_for(self, state: State, command: Command | None = None) -> float:
        """Tick in real time until a state is there; the wall time that took [s]."""
        begin = time.monotonic()
        while self.driver.state != state:
            waited = time.monotonic() - begin
            assert waited < PATIENCE, f'expected {state.name} within {PATIENCE} s, but: {self.explain()}'
            self.beat(command)
        return time.monotonic() - begin

    def stay(self) -> Command:
        """Command that keeps the joints where they are: no torque, grippers at their opening."""
        return self.position.copy(), np.zeros(33), np.zeros(33)

    def explain(self) -> str:
        """State of the exchange in words."""
        return self.driver.exchange.explain(self.driver.exchange.status())

    @property
    def cause(self) -> Cause:
        """Why the exchange doesn't obey."""
        return Cause(self.driver.exchange.status().cause)

    def _go_on(self) -> None:
        """Let the emulation finish the tick that the driver is done with."""
        if self.emulator.serve(0.0):
            self.emulator.tick()
