# SPDX-License-Identifier: Apache-2.0
"""A robot of plain inertias behind emulated motors, and a joint driver in lock-step with it."""
from __future__ import annotations

import queue
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from humanoid_control.drivers.actuator_model import load_actuator_models
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.driver_settings import DriverSettings
from humanoid_control.drivers.emulation.emulator import Emulator
from humanoid_control.drivers.emulation.fault_desk import FaultDesk
from humanoid_control.drivers.emulation.plant import InertiaPlant
from humanoid_control.drivers.exchange_types import Cause, State
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.model.configuration import from_mapping, read_yaml
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.robot_model import RobotModel

TICK = 0.002             # [s]
ROBOT = RobotModel.default()
MODELS = load_actuator_models()
PLAN = BusPlan.load(share_path('config', 'robots', 'humanoid_buses.yaml'))


def quick_settings(**exchange: float) -> DriverSettings:
    """The package's settings with little patience, so that tests are fast."""
    mapping = read_yaml(share_path('config', 'joint_driver.yaml'))
    mapping['set_up'] |= {'reply_timeout': 0.03, 'attempts': 8, 'scan_to': 6}
    mapping['exchange'] |= exchange
    return from_mapping(DriverSettings, mapping, 'test')


class EmulatedBench:
    """Emulated motors served by a thread, and a driver; use as a context manager.

    Attributes:
        emulator, plant: touch them only through `with_motors` while the thread runs.
        driver: the joint driver, neither configured nor active.
        position, velocity, effort: what the driver read in the last tick (33,).
    """

    def __init__(self, settings: DriverSettings | None = None, *, plan: BusPlan = PLAN, lock_step: bool = True,
                 read_only: bool = False, weight: float = 1.0, posture: dict[str, float] | None = None):
        """`weight` multiplies the joints' inertias; `posture` replaces joints of the stand posture."""
        self.folder = Path(tempfile.mkdtemp(prefix='bench_'))
        names = ROBOT.actuated_names
        start = ROBOT.configuration.stand_posture | (posture or {})
        standing = np.array([start.get(name, 0.0) for name in names])
        inertia = weight * np.array([0.02 + ROBOT.configuration.joints[name].armature for name in names])
        self.plant = InertiaPlant(names, standing, inertia)
        self.emulator = Emulator(PLAN, MODELS, self.plant, self.folder)
        self.faults = FaultDesk(self.emulator)
        self.driver = JointDriver(plan.simulated(self.folder), ROBOT, MODELS, settings or quick_settings(),
                                  lock_step_folder=self.folder if lock_step else None, read_only=read_only)
        self.position, self.velocity, self.effort = np.zeros((3, len(names)))
        self.sensors = np.zeros(30)
        self._orders: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._done = threading.Event()
        self._ticked = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> EmulatedBench:
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.clean_up()
        self._stop = True
        self._thread.join()
        self.emulator.close()
        shutil.rmtree(self.folder)

    def with_motors(self, action: Callable[[], None]) -> None:
        """Do something to emulator or plant between two of its ticks."""
        self._done.clear()
        self._orders.put(action)
        assert self._done.wait(10), 'the emulation hangs'

    def fault(self, order: str) -> None:
        """An order of FaultDesk."""
        self.with_motors(lambda: self.faults.order(order))

    def start(self) -> EmulatedBench:
        """Configure and activate, and tick until the motors are on."""
        self.driver.configure()
        self.driver.activate()
        for _ in range(20):
            self.tick()
            if self.driver.state != State.ENABLING:
                return self
        raise AssertionError(self.explain())

    def tick(self, command: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None) -> str | None:
        """One tick with a command, or without one; what the driver says to the command."""
        assert self.driver.begin(10.0) is not None, 'no tick came'
        self.driver.read(self.position, self.velocity, self.effort, self.sensors)
        answer = self.driver.command(*command) if command else None
        before = self.emulator.ticks
        self.driver.finish()
        with self._ticked:
            assert self._ticked.wait_for(lambda: self.emulator.ticks > before, 10), 'the emulation hangs'
        return answer

    def run(self, seconds: float, command: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None) -> None:
        """Tick for a simulated time."""
        for _ in range(round(seconds / TICK)):
            self.tick(command)

    def until(self, state: State, limit: float, command: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None) -> float:
        """Tick until a state is there; the simulated time that took [s]."""
        for ticks in range(round(limit / TICK) + 1):
            if self.driver.state == state:
                return ticks * TICK
            self.tick(command)
        raise AssertionError(f'expected {state.name} within {limit} s, but: {self.explain()}')

    def stay(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Command that keeps the joints where they are: no torque, grippers at their opening."""
        return self.position.copy(), np.zeros(33), np.zeros(33)

    def explain(self) -> str:
        """State of the exchange in words."""
        return self.driver.exchange.explain(self.driver.exchange.status())

    @property
    def cause(self) -> Cause:
        """Why the exchange doesn't obey."""
        return Cause(self.driver.exchange.status().cause)

    def _serve(self) -> None:
        while not self._stop:
            while not self._orders.empty():
                self._orders.get()()
                self._done.set()
            if self.emulator.serve(0.01):
                with self._ticked:
                    self.emulator.tick()
                    self._ticked.notify_all()
