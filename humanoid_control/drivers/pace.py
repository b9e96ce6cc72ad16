# SPDX-License-Identifier: Apache-2.0
"""Who says when a tick begins: the clock, or an emulation."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod

import numpy as np

from humanoid_control.drivers.driver_settings import ExchangeSettings
from humanoid_control.drivers.exchange import Exchange
from humanoid_control.drivers.exchange_types import LoopState
from humanoid_control.drivers.lock_step import Tick
from humanoid_control.drivers.lock_step_link import LockStepLink
from humanoid_control.drivers.real_time_loop import RealTimeLoop
from humanoid_control.drivers.sensor_source import SensorSource


class Pace(ABC):
    """Drives an exchange tick by tick: `begin`, publish, take the command, `finish`."""

    lock_step = False

    @abstractmethod
    def now(self) -> int:
        """Time of the exchange [ns]."""

    @abstractmethod
    def begin(self, timeout: float) -> int | None:
        """Wait at most `timeout` [s] for a tick whose states are collected; its ROS stamp [ns], None for none."""

    @abstractmethod
    def finish(self) -> None:
        """The command of this tick was given, or won't come."""

    @abstractmethod
    def read_sensors(self, values: np.ndarray) -> float:
        """Write IMU and wrenches of this tick into `values`; their age [s]."""

    @abstractmethod
    def close(self) -> None:
        """End."""

    def punctuality(self) -> LoopState | None:
        """How late ticks were; None where time is simulated."""
        return None


class WallPace(Pace):
    """Real time, by the thread in C."""

    def __init__(self, exchange: Exchange, settings: ExchangeSettings, sensors: SensorSource):
        self._sensors = sensors
        self._loop = RealTimeLoop(exchange, settings.period, settings.command_window, settings.real_time_priority)

    def now(self) -> int:
        """Monotonic time."""
        return time.monotonic_ns()

    def begin(self, timeout: float) -> int | None:
        """Wait for the thread's next deadline."""
        return time.time_ns() if self._loop.wait(timeout) else None

    def finish(self) -> None:
        """Let the thread send."""
        self._loop.commit()

    def read_sensors(self, values: np.ndarray) -> float:
        """Ask the sensor source."""
        return self._sensors.read(values)

    def punctuality(self) -> LoopState:
        """Histograms of the thread."""
        return self._loop.state()

    def close(self) -> None:
        """End the thread."""
        self._loop.close()


class LockStepPace(Pace):
    """Simulated time, by an emulation that waits for every tick."""

    lock_step = True

    def __init__(self, exchange: Exchange, link: LockStepLink):
        self._exchange, self._link = exchange, link
        self._tick: Tick | None = None

    def now(self) -> int:
        """Simulated time of the running tick."""
        return self._tick.time_ns if self._tick else 0

    def begin(self, timeout: float) -> int | None:
        """Wait for the emulation."""
        tick = self._link.wait(timeout)
        if tick is None:
            return None
        self._tick = tick
        self._exchange.collect(tick.time_ns)
        return tick.time_ns

    def finish(self) -> None:
        """Send, and let the emulation go on."""
        if self._tick is not None:
            self._exchange.send(self._tick.time_ns)
            self._link.done(self._tick)

    def read_sensors(self, values: np.ndarray) -> float:
        """What came with the tick."""
        if self._tick is not None:
            values[:] = self._tick.sensors
        return 0.0

    def close(self) -> None:
        """Let time go."""
        self._link.close()
