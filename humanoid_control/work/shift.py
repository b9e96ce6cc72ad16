# SPDX-License-Identifier: Apache-2.0
"""A shift: cycle after cycle, the line's hand-shake between them, and when to stop."""
from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Protocol

from humanoid_control.work.failure import FailureCode, WorkFailure
from humanoid_control.work.nut_cycle import CycleResult, NutCycle


class Line(Protocol):
    """The production line: takes the finished part away and presents a new one."""

    def request_next_part(self) -> None:
        """Ask for it."""

    def next_part_ready(self) -> bool | None:
        """True when it is there, False when the line refused, None while it is under way."""


class ShiftState(enum.Enum):
    """Where a shift stands."""

    WAITING = 'waiting for the robot'
    WORKING = 'working'
    CHANGING_PART = 'waiting for the next part'
    FINISHED = 'finished'
    ABORTED = 'aborted'


class Shift:
    """Runs a number of cycles, one control period a `step`.

    Args:
        cycle: the work.
        line: hand-shake with the production line.
        cycles: how many.
        on_cycle: told each cycle's number (from 1) and result.
        ready_timeout: give up when the robot isn't ready this long after the first sample [s].
        seeing: whether the robot's eyes are open; without them the first cycle is put off by `eyes_timeout` [s] at most.
        line_timeout: give up when the line doesn't answer this long [s].

    Attributes:
        state: where the shift stands.
        number: of the cycle under way, from 1.
        reason: why it was aborted.
        paused: why it pauses; empty while it goes on. Set from outside.
    """

    def __init__(self, cycle: NutCycle, line: Line, cycles: int, on_cycle: Callable[[int, CycleResult], None],
                 ready_timeout: float = 20.0, line_timeout: float = 20.0, seeing: Callable[[], bool] = lambda: True,
                 eyes_timeout: float = 60.0):
        self.cycle = cycle
        self.state = ShiftState.WAITING
        self.number = 0
        self.cycles = cycles
        self.reason: WorkFailure | None = None
        self.paused = ''
        self._stepped_at: float | None = None
        self._line = line
        self._on_cycle = on_cycle
        self._ready_timeout = ready_timeout
        self._line_timeout = line_timeout
        self._seeing = seeing
        self._eyes_timeout = eyes_timeout
        self._since: float | None = None

    def step(self) -> bool:
        """One control period; True when the shift has ended."""
        workplace = self.cycle.workplace
        if self._since is None:
            self._since = workplace.time
        elapsed = 0.0 if self._stepped_at is None else workplace.time - self._stepped_at
        self._stepped_at = workplace.time
        if self.paused:
            self._since += elapsed
            workplace.let_pass(elapsed)
            return False
        if self.state is ShiftState.WAITING:
            waited = workplace.time - self._since
            if workplace.stance is not None and all(h.observation is not None for h in workplace.hands.values()):
                # the first look tells by name what a robot doesn't see whose eyes stay shut
                if self._seeing() or waited > self._eyes_timeout:
                    self._next_cycle()
            elif waited > self._ready_timeout:
                self.abort(WorkFailure(FailureCode.SENSOR_LOST, f'no stance of the robot within {self._ready_timeout:.0f} s'))
        elif self.state is ShiftState.WORKING:
            if self.cycle.tick():
                if self.cycle.stranded is not None:
                    self.abort(self.cycle.stranded)
                else:
                    self._end_cycle()
        elif self.state is ShiftState.CHANGING_PART:
            self._change_part()
        return self.state in (ShiftState.FINISHED, ShiftState.ABORTED)

    def abort(self, reason: WorkFailure) -> None:
        """End the shift now, e.g. because the robot fell; the cycle under way is recorded as it stands."""
        if self.state in (ShiftState.FINISHED, ShiftState.ABORTED):
            return
        self.paused = ''
        if self.state is ShiftState.WORKING:
            self.cycle.interrupt(reason)
            self._on_cycle(self.number, self.cycle.result)
        self.reason = reason
        self.state = ShiftState.ABORTED

    def _next_cycle(self) -> None:
        self.number += 1
        self.cycle.begin()
        self.state = ShiftState.WORKING

    def _end_cycle(self) -> None:
        self._on_cycle(self.number, self.cycle.result)
        self._line.request_next_part()
        self._since = self.cycle.workplace.time
        self.state = ShiftState.CHANGING_PART

    def _change_part(self) -> None:
        answer = self._line.next_part_ready()
        if answer:
            if self.number >= self.cycles:
                self.state = ShiftState.FINISHED
            else:
                self._next_cycle()
        elif answer is False:
            self.abort(WorkFailure(FailureCode.SENSOR_LOST, 'the line refused to present the next part'))
        elif self.cycle.workplace.time - self._since > self._line_timeout:
            self.abort(WorkFailure(FailureCode.SENSOR_LOST, f'the line did not answer within {self._line_timeout:.0f} s'))
