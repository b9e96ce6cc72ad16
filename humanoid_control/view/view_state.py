# SPDX-License-Identifier: Apache-2.0
"""All that the page shows, as data."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from humanoid_control.safety.balance_figures import Balance
from humanoid_control.safety.robot_sample import RobotSample
from humanoid_control.safety.safety_state import SafetyState
from humanoid_control.view.part_sighting import PartSighting


@dataclass(frozen=True)
class LogLine:
    """One message of a node: level as in rcl_interfaces/Log (20 information, 30 warning, 40 error, 50 fatal)."""

    level: int
    node: str
    text: str


@dataclass
class ViewState:
    """Newest of everything.

    Attributes:
        sample: joints, base, soles.
        balance: support polygon and what is in it; None until known.
        safety: what the supervisor says; None when it is silent.
        work: content of `work/status`; empty when no work is done.
        refusal: why kinematics refuses a target; empty when it doesn't.
        parts: detections by topic.
        pictures: images (height, width, 3) uint8 by camera.
        temperature: [degree C] by joint, as far as the drives report it.
        log: latest messages of nodes.
        silent: topics that should come and don't.
        paused: whether simulated time has been stopped from here; None: not a simulation, or unknown.
        hoist: whether there is a hoist to be called from here: in simulation.
        answer: what came of the last button, for people.
    """

    sample: RobotSample = field(default_factory=RobotSample)
    balance: Balance | None = None
    safety: SafetyState | None = None
    work: dict = field(default_factory=dict)
    refusal: str = ''
    parts: dict[str, tuple[PartSighting, ...]] = field(default_factory=dict)
    pictures: dict[str, np.ndarray] = field(default_factory=dict)
    temperature: dict[str, float] = field(default_factory=dict)
    log: deque[LogLine] = field(default_factory=lambda: deque(maxlen=50))
    silent: tuple[str, ...] = ()
    paused: bool | None = None
    hoist: bool = False
    answer: str = ''
