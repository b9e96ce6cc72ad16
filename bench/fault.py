# SPDX-License-Identifier: Apache-2.0
"""One fault of the battery, what has to come of it, and what came."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.fault_rig import TICK, FaultRig
from humanoid_control.balance import Mode
from humanoid_control.safety.stop_category import StopCategory

AFTERWARDS = 0.3      # [s] that the robot is watched further once it has reached the state
CONTROL_PATH = 0.02   # [s] in which the control path answers a fault
SETTLED = 2.0         # [s] without a stop or a fall after which a fault counts as borne

# what the documents promise, by name: docs/safety.md
STATES: dict[str, Callable[[FaultRig], bool]] = {
    'balance repeats its last command': lambda rig: rig.balance.mode in (Mode.HOLDING, Mode.DAMPING, Mode.FALLEN),
    'balance damps': lambda rig: rig.balance.mode in (Mode.DAMPING, Mode.FALLEN),
    'balance believes planned forces': lambda rig: any(rig.balance.report.sole_missing),
    'joints hold': lambda rig: rig.world.robot.holding,
    'protective stop': lambda rig: rig.stop.category <= StopCategory.PROTECTIVE,
    'controlled sit': lambda rig: rig.stop.category <= StopCategory.CONTROLLED_SIT,
    'power off': lambda rig: rig.stop.category is StopCategory.POWER_OFF and not rig.world.robot.powered,
    'work names it': lambda rig: bool(rig.result_events()),
    'message refused': lambda rig: bool(rig.refused),
}
BORNE = 'goes on'


@dataclass(frozen=True)
class Fault:
    """A fault.

    Attributes:
        name: for people.
        doing: `standing`, `walking` or `working`.
        inject: puts it into a rig.
        expected: a key of STATES, or BORNE.
        within: time [ms] of simulation that it may take.
        named: word that the diagnosis has to hold.
        may_fall: no balance is possible with this fault.
        at_once: a key of STATES to which the control path itself comes within CONTROL_PATH, if the other one is another's.
    """

    name: str
    doing: str
    inject: Callable[[FaultRig], None]
    expected: str
    within: float
    named: str
    may_fall: bool = False
    at_once: str = ''

    def __post_init__(self) -> None:
        if not self.named:
            raise ValueError(f'fault {self.name!r}: named is empty; expected what somebody has to say of it')

    def try_out(self) -> dict[str, object]:
        """Result as bench/results/faults.json has it."""
        rig = FaultRig(self.doing)
        rig.get_going()
        healthy = rig.is_free() and not rig.diagnosis()
        begin = rig.time
        self.inject(rig)
        reached: list[float] = []
        answered: list[float] = []

        def look() -> bool:
            if self.at_once and not answered and STATES[self.at_once](rig):
                answered.append(rig.time - begin)
            if self.expected != BORNE and not reached and STATES[self.expected](rig):
                reached.append(rig.time - begin)
            return not reached or rig.time - begin < reached[0] + AFTERWARDS

        rig.go_on(SETTLED if self.expected == BORNE else self.within * 1e-3 + 0.5, look)
        fell = rig.world.truth.falls > 0 or rig.world.truth.fallen
        if self.expected == BORNE and rig.is_free() and not fell and rig.balance.mode == Mode.STANDING:
            reached.append(TICK)
        said = rig.diagnosis()
        state = self.expected if reached else f'{rig.balance.mode.name.lower()}, {rig.stop.category.words}'
        late = bool(reached) and reached[0] > self.within * 1e-3 + 1e-9
        late |= bool(self.at_once) and (not answered or answered[0] > CONTROL_PATH)
        good = healthy and bool(reached) and not late and self.named in said and (self.may_fall or not fell)
        at_once = {'at_once': self.at_once, 'at_once_ms': round(1e3 * answered[0], 1)} if answered else {}
        return {'name': self.name, 'while': self.doing, 'expected': self.expected, 'reached': state,
                'time_ms': round(1e3 * reached[0], 1) if reached else None, 'allowed_ms': self.within, 'fell': fell,
                'diagnosis': said, **at_once, 'passed': good}
