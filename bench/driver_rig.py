# SPDX-License-Identifier: Apache-2.0
"""The standing robot over emulated motors, with faults of motors, buses and host on demand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.emulated_bench import TICK
from bench.standing_bench import StandingBench
from humanoid_control.drivers.errors import DriverError
from humanoid_control.drivers.exchange_types import State
from humanoid_control.drivers.messages import Mode

SETTLE = 0.5  # [s] of balance before the fault
FORWARD = (0.2, 0.0, 0.0)  # [m/s, m/s, rad/s]
UNDER_WAY = 1.5  # [s] of walking before the fault
LYING = 0.5  # cosine of the pelvis' tilt below which the robot has fallen


class DriverRig(StandingBench):
    """Life of a robot whose driver is about to meet a fault; use as a context manager.

    Attributes:
        alive: the host runs.
        spoil: changes the command (3, n) that balance gives, before the driver gets it.
        each_tick: called before every tick.
        refusal: why the driver did not start, empty when it did.
        fell: the robot has been tilted like one that falls.
    """

    def __init__(self) -> None:
        super().__init__(seed=1)
        self.alive = True
        self.spoil: Callable[[np.ndarray], None] = lambda command: None
        self.each_tick: Callable[[], None] = lambda: None
        self.refusal = ''
        self.fell = False
        self._time = 0.0
        self._last_words = ''

    def __enter__(self) -> DriverRig:
        return self

    def __exit__(self, *_: object) -> None:
        self.bench.__exit__()

    @property
    def time(self) -> float:
        """Simulated time [s]."""
        return self._time

    @property
    def state(self) -> State:
        """Where the driver is on its ladder."""
        return self.bench.driver.state

    @property
    def limp(self) -> bool:
        """Whether all drives that have a time-out are off."""
        motors = self.bench.emulator.motors.values()
        return all(motor.row['mode'] != Mode.RUN for motor in motors if motor.model.has_drive_timeout)

    def get_going(self, walking: bool = False) -> None:
        """Stand or walk, balanced over the buses."""
        self.start()
        self.run(SETTLE)
        if walking:
            self.balance.walking.walk(FORWARD)
            self.run(UNDER_WAY)

    def try_to_start(self) -> None:
        """Configure the driver; its refusal is kept."""
        try:
            self.bench.configure()
        except DriverError as error:
            self.refusal = ' '.join(str(error).split())

    def kill_host(self) -> None:
        """Nothing more is said on any bus."""
        self._last_words = 'host killed: every drive heard nothing for its time-out'
        self.bench.driver.clean_up()
        self.alive = False

    def step(self) -> None:
        """One tick of 2 ms."""
        self.each_tick()
        if self.alive:
            self.run(TICK)
        else:
            self.bench.emulator.tick()
        self._time += TICK
        self.fell |= self.uprightness < LYING

    def diagnosis(self) -> str:
        """What the driver says."""
        if self.refusal or not self.alive:
            return self.refusal or self._last_words
        exchange = self.bench.driver.exchange
        status = exchange.status()
        said = [self.bench.explain()] if status.latched or self.state != State.RUN else []
        if status.refused_joint >= 0:
            said.append(f'command refused: a value of {exchange.joint_names[status.refused_joint]!r} is not finite')
        lost = sum(motor.lost for motor in exchange.motors().values())
        strange = sum(bus.refused + bus.garbled + bus.foreign for bus in exchange.buses().values())
        said += [f'{lost} questions unanswered'] * (lost > 0) + [f'{strange} frames not understood'] * (strange > 0)
        return '; '.join(said)

    def _command_to_send(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        command = self._command.copy()
        self.spoil(command)
        return tuple(command)
