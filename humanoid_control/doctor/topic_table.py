# SPDX-License-Identifier: Apache-2.0
"""The topics that the line is made of (config/topics.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path

RELIABILITY = ('best_effort', 'reliable')  # weaker first
DURABILITY = ('volatile', 'transient_local')
NEEDED = ('none', 'control', 'work')


@dataclass(frozen=True)
class Topic:
    """One topic.

    Attributes:
        type: message, e.g. `sensor_msgs/msg/JointState`.
        rate: nominal [Hz] of the robot's time; 0: on change or on demand.
        real_time: the rate is of real time even in simulation.
        reliability, durability: what a subscriber may ask for.
        publishers, subscribers: names of nodes or of their roles.
        needed: what fails without it: `control`, `work` or `none`.
    """

    type: str
    about: str
    rate: float = 0.0
    real_time: bool = False
    reliability: str = 'best_effort'
    durability: str = 'volatile'
    publishers: tuple[str, ...] = ()
    subscribers: tuple[str, ...] = ()
    needed: str = 'none'

    def __post_init__(self) -> None:
        for field, known in (('reliability', RELIABILITY), ('durability', DURABILITY), ('needed', NEEDED)):
            if getattr(self, field) not in known:
                raise ValueError(f'{field}: expected one of {", ".join(known)}, got {getattr(self, field)!r}')
        if self.type.count('/') != 2:
            raise ValueError(f'type: expected PACKAGE/msg/NAME, got {self.type!r}')
        if self.rate < 0:
            raise ValueError(f'rate must not be negative [Hz], got {self.rate}')

    def serves(self, reliability: str, durability: str) -> bool:
        """Whether a subscriber that asks for these policies is served by every publisher of the topic.

        Raises ValueError for an unknown policy.
        """
        return RELIABILITY.index(reliability) <= RELIABILITY.index(self.reliability) and DURABILITY.index(
            durability
        ) <= DURABILITY.index(self.durability)


@dataclass(frozen=True)
class TopicTable:
    """All topics by name."""

    topics: dict[str, Topic]

    @classmethod
    def load(cls, path: str | Path | None = None) -> TopicTable:
        """Read the table; without a path the package's own.

        Raises ConfigurationError naming file, key, value and expectation.
        """
        return load(cls, path or share_path('config', 'topics.yaml'))

    def __getitem__(self, name: str) -> Topic:
        return self.topics[name]

    def __contains__(self, name: str) -> bool:
        return name in self.topics
