# SPDX-License-Identifier: Apache-2.0
"""Moving one motor a little, about where it stands, with an eye on it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from humanoid_control.drivers.errors import MotorError
from humanoid_control.drivers.joints_tool.tracking_record import TrackingRecord
from humanoid_control.drivers.joints_tool.workbench import Workbench
from humanoid_control.drivers.messages import Control, Feedback, Mode, fault_text
from humanoid_control.drivers.motor_client import MotorAddress
from humanoid_control.drivers.parameters import DRIVE_TIMEOUT, LIMIT_TORQUE, RUN_MODE, timeout_steps

RATE = 200.0  # [Hz] of commands
SAFETY_TIMEOUT = 0.2  # [s] of silence after which the drive goes limp, where it can
FADE = 0.5  # [s] in which a sine grows to its amplitude


@dataclass(frozen=True)
class Sine:
    """Motion about the present position: amplitude [rad], frequency [Hz], duration [s]; gains of the drive and the
    share of its peak torque that it may use."""

    amplitude: float
    frequency: float
    duration: float
    kp: float
    kd: float
    torque_share: float

    def __post_init__(self) -> None:
        for name, high in (('amplitude', 1.0), ('frequency', 10.0), ('duration', 120.0), ('torque_share', 1.0)):
            if not 0 < getattr(self, name) <= high:
                raise ValueError(f'{name} must lie in (0, {high:g}], got {getattr(self, name)}')
        for name in ('kp', 'kd'):
            if getattr(self, name) < 0:
                raise ValueError(f'{name} must not be negative, got {getattr(self, name)}')

    @property
    def gains(self) -> str:
        """Gains of the drive in words."""
        return f'kp {self.kp:g}, kd {self.kd:g}'

    def at(self, moment: float) -> tuple[float, float]:
        """Offset [rad] and its rate [rad/s]."""
        grown = min(moment / FADE, 1.0)
        angle, rate = 2 * math.pi * self.frequency * moment, 2 * math.pi * self.frequency
        growing = self.amplitude / FADE if moment < FADE else 0.0
        return (
            self.amplitude * grown * math.sin(angle),
            self.amplitude * grown * rate * math.cos(angle) + growing * math.sin(angle),
        )


class MotionTest:
    """Runs sines on single motors; whatever happens, the motor ends switched off with its torque limit restored."""

    def __init__(self, bench: Workbench):
        self._bench = bench
        self._client = bench.client

    def run(self, motor: MotorAddress, sine: Sine) -> TrackingRecord:
        """Move a motor and record it.

        Raises MotorError when it is at fault, leaves its way by more than the amplitude and 0.2 rad, or falls silent.
        """
        model = self._bench.model(motor.name)
        ranges = model.wire_ranges
        limit = self._bench.plan.motors[motor.name].torque_limit or model.ranges.torque
        start = self._client.stop(motor, ranges, clear_fault=True)
        if start.faults:
            raise MotorError(f'{motor} is at fault: {fault_text(start.faults)}')
        self._client.write(motor, RUN_MODE, 0)
        self._client.write(motor, LIMIT_TORQUE, sine.torque_share * limit)
        if model.has_drive_timeout:
            self._client.write(motor, DRIVE_TIMEOUT, timeout_steps(SAFETY_TIMEOUT))
        try:
            self._client.enable(motor, ranges)
            rows = self._follow(motor, sine, start.position)
        finally:
            self._client.stop(motor, ranges)
            self._client.write(motor, LIMIT_TORQUE, limit)
        where = self._bench.plan.buses[self._bench.plan.motors[motor.name].bus].kind
        return TrackingRecord(f'{motor.name} on {where}, {sine.gains}', sine.frequency, rows)

    def _follow(self, motor: MotorAddress, sine: Sine, centre: float) -> np.ndarray:
        ranges = self._bench.model(motor.name).wire_ranges
        rows = []
        begin = time.monotonic()
        steps = round(sine.duration * RATE)
        for step in range(steps if not self._bench.dry else 3):
            moment = step / RATE
            time.sleep(max(0.0, begin + moment - time.monotonic()))
            now = time.monotonic() - begin if not self._bench.dry else moment
            offset, rate = sine.at(now)
            state = self._client.control(motor, ranges, Control(centre + offset, rate, 0.0, sine.kp, sine.kd))
            self._watch(motor, state, centre, sine)
            rows.append((now, offset, state.position - centre, state.velocity, state.torque))
        return np.array(rows)

    @staticmethod
    def _watch(motor: MotorAddress, state: Feedback, centre: float, sine: Sine) -> None:
        if state.faults or state.mode != Mode.RUN:
            raise MotorError(f'{motor} stopped by itself (faults: {fault_text(state.faults)})')
        if abs(state.position - centre) > sine.amplitude + 0.2:
            raise MotorError(f'{motor} ran away: it stands {state.position - centre:+.2f} rad from where it began')
