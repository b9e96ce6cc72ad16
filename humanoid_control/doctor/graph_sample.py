# SPDX-License-Identifier: Apache-2.0
"""What was seen of the running system, as data."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoint:
    """One publisher or subscriber of a topic."""

    node: str
    reliability: str
    durability: str


@dataclass(frozen=True)
class TopicSample:
    """One topic.

    Attributes:
        types: messages, one unless nodes disagree.
        rate: measured [Hz], of the robot's time where messages are stamped; None: not measured.
    """

    types: tuple[str, ...] = ()
    publishers: tuple[Endpoint, ...] = ()
    subscribers: tuple[Endpoint, ...] = ()
    rate: float | None = None


@dataclass(frozen=True)
class ProcessSample:
    """One process of this package on this computer.

    Attributes:
        scheduling: e.g. `FIFO 20`, `nice -15` or `default`.
        cpu: share of one core while it was watched.
        memory: resident [MiB].
        profile: whether its environment names a Fast DDS profile, without which pictures are lost.
    """

    pid: int
    executable: str
    scheduling: str
    cpu: float
    memory: float
    profile: bool = True


@dataclass(frozen=True)
class Complaint:
    """What a node says about itself on `diagnostics`."""

    name: str
    level: int
    message: str


@dataclass(frozen=True)
class GraphSample:
    """Everything that was seen.

    Attributes:
        nodes: names in the namespace that was looked at.
        inactive: lifecycle nodes that are not active, with their state.
        topics: by name as in the topic table.
        simulated: /clock is published.
        time_factor: simulated over real time, None when it is not simulated or time stands still.
        safety_mode, faults: what the supervisor says; mode '' when it is silent; faults as (code subject, remedy).
        leftovers, leftover_mib: files in shared memory that belong to no living process.
    """

    nodes: tuple[str, ...] = ()
    inactive: dict[str, str] = field(default_factory=dict)
    topics: dict[str, TopicSample] = field(default_factory=dict)
    processes: tuple[ProcessSample, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    simulated: bool = False
    time_factor: float | None = None
    safety_mode: str = ''
    faults: tuple[tuple[str, str], ...] = ()
    leftovers: int = 0
    leftover_mib: float = 0.0
