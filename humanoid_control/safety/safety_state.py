# SPDX-License-Identifier: Apache-2.0
"""What the supervisor says on `safety/state`."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from humanoid_control.model.errors import HumanoidError
from humanoid_control.safety.stop_category import StopCategory


class SafetyStateError(HumanoidError):
    """A message on `safety/state` isn't what a supervisor sends."""


@dataclass(frozen=True)
class FaultReport:
    """One latched fault in words.

    Attributes:
        code, subject: what is wrong (a key of config/faults.yaml) and with which joint, topic or node.
        stop: stop category that it demands.
        title, detail, remedy: for people; `detail` holds the figures at first sight.
        first_seen: time [s] on the robot's clock (simulated in simulation).
        first_seen_wall: the same as ISO 8601 with zone, on the computer's clock.
        active: the cause is still there, so that a reset will be refused.
        count: how many times it came up since it was latched.
    """

    code: str
    subject: str
    stop: StopCategory
    title: str
    detail: str
    remedy: str
    first_seen: float
    first_seen_wall: str
    active: bool
    count: int


@dataclass(frozen=True)
class SafetyState:
    """State of the supervisor.

    Attributes:
        mode: `starting`, `running`, `holding`, `sitting` or `off`.
        stop: stop category in force.
        since: time [s] on the robot's clock at which this stop category came into force.
        waiting_for: topics not seen yet, while starting.
        faults: latched faults, oldest first.
        figures: margins and loads by name [SI], for display.
        summary: one line for people.
    """

    mode: str
    stop: StopCategory
    since: float
    waiting_for: tuple[str, ...] = ()
    faults: tuple[FaultReport, ...] = ()
    figures: dict[str, float] = dataclasses.field(default_factory=dict)
    summary: str = ''

    def to_json(self) -> str:
        """Text for `safety/state`."""
        return json.dumps(dataclasses.asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> SafetyState:
        """State from the text of `safety/state`; SafetyStateError says what is wrong with it."""
        try:
            content = json.loads(text)
            content['stop'] = StopCategory(content['stop'])
            content['waiting_for'] = tuple(content['waiting_for'])
            content['faults'] = tuple(FaultReport(**{**f, 'stop': StopCategory(f['stop'])}) for f in content['faults'])
            return cls(**content)
        except (KeyError, TypeError, ValueError) as error:
            raise SafetyStateError(f"safety/state is not a supervisor's: {error!r} in {text[:80]!r}") from error
