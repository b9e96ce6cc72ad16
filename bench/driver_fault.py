# SPDX-License-Identifier: Apache-2.0
"""One fault of motors, buses or host, what the joint driver has to make of it, and what it made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.driver_rig import DriverRig
from humanoid_control.drivers.exchange_types import State

STARTING = 'starting'
WALKING = 'walking'
BORNE = 'goes on'
BORNE_FOR = 2.0  # [s] of obeying after which a fault counts as borne
PATIENCE = 0.5  # [s] beyond what a fault may take
DOWN = 6.0  # [s] in which a stopped robot has sat down and is off

# what docs/hardware.md promises
STATES: dict[str, Callable[[DriverRig], bool]] = {
    'joints hold': lambda rig: rig.alive and rig.state == State.HOLD,
    'drives limp': lambda rig: rig.limp,
    'driver refuses to start': lambda rig: bool(rig.refusal),
}


@dataclass(frozen=True)
class DriverFault:
    """A fault below the joint topics.

    Attributes:
        name: for people.
        inject: puts it into a rig.
        expected: a key of STATES, or BORNE.
        within: time [ms] of simulation that it may take.
        named: words that the diagnosis has to hold.
        may_fall: no balance is possible with this fault.
        doing: `standing`, `walking`, or `starting` for a driver that is not configured yet.
    """

    name: str
    inject: Callable[[DriverRig], None]
    expected: str
    within: float
    named: str
    may_fall: bool = False
    doing: str = 'standing'

    def __post_init__(self) -> None:
        if not self.named:
            raise ValueError(f'fault {self.name!r}: named is empty; expected what somebody has to say of it')

    def try_out(self) -> dict[str, object]:
        """Result as bench/results/faults.json has it; `fell` until the robot sits with its motors off."""
        with DriverRig() as rig:
            healthy = self._begin(rig)
            begin = rig.time
            self.inject(rig)
            reached = self._watch(rig, begin)
            said = rig.diagnosis()
            state = self.expected if reached is not None else f'driver {rig.state.name.lower()}'
            if reached is not None and self.expected == 'joints hold':
                self._go_down(rig)
            fell = rig.fell
        time = None if reached is None else round(1e3 * reached, 1)
        good = healthy and time is not None and time <= self.within and self.named in said
        return {
            'name': self.name,
            'while': self.doing,
            'expected': self.expected,
            'reached': state,
            'time_ms': time,
            'allowed_ms': self.within,
            'fell': fell,
            'diagnosis': said,
            'passed': good and (self.may_fall or not fell),
        }

    def _begin(self, rig: DriverRig) -> bool:
        if self.doing == STARTING:
            return True
        rig.get_going(walking=self.doing == WALKING)
        return rig.state == State.RUN and not rig.diagnosis() and not rig.fell

    def _watch(self, rig: DriverRig, begin: float) -> float | None:
        """Time from the fault to the expected state [s]."""
        if self.expected == BORNE:
            while rig.time - begin < BORNE_FOR and rig.state == State.RUN:
                rig.step()
            return None if rig.state != State.RUN or rig.fell else 0.0
        while not STATES[self.expected](rig):
            if self.doing == STARTING or rig.time - begin > 1e-3 * self.within + PATIENCE:
                return None
            rig.step()
        return rig.time - begin

    @staticmethod
    def _go_down(rig: DriverRig) -> None:
        end = rig.time + DOWN
        while rig.state != State.OFF and rig.time < end:
            rig.step()
