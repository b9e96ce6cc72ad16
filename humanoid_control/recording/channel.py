# SPDX-License-Identifier: Apache-2.0
"""A recorded topic as a bag describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from humanoid_control.recording.message_definition import MessageDefinition

INFINITE = {'sec': 9223372036, 'nsec': 854775807}


@dataclass(frozen=True)
class OfferedQuality:
    """Quality of service that one publisher offers, in the words of rosbag2."""

    reliability: str = 'unknown'
    durability: str = 'unknown'
    history: str = 'unknown'
    depth: int = 0

    def as_data(self) -> dict[str, Any]:
        """What rosbag2 reads; deadlines and leases are not used by this package."""
        return {
            'history': self.history,
            'depth': self.depth,
            'reliability': self.reliability,
            'durability': self.durability,
            'deadline': dict(INFINITE),
            'lifespan': dict(INFINITE),
            'liveliness': 'automatic',
            'liveliness_lease_duration': dict(INFINITE),
            'avoid_ros_namespace_conventions': False,
        }


@dataclass(frozen=True)
class Channel:
    """One topic of a bag.

    Attributes:
        topic: full name.
        definition: of its messages.
        offered: quality of service of each publisher.
        repeat: latest different messages that begin every further file.
    """

    topic: str
    definition: MessageDefinition
    offered: tuple[OfferedQuality, ...] = ()
    repeat: int = 0

    def offered_data(self) -> list[dict[str, Any]]:
        """The qualities for metadata.yaml."""
        return [quality.as_data() for quality in self.offered]

    def metadata(self) -> dict[str, str]:
        """What a channel record of MCAP says of the topic, with rosbag2's keys."""
        return {
            'offered_qos_profiles': yaml.safe_dump(self.offered_data(), sort_keys=False),
            'topic_type_hash': self.definition.type_hash,
        }
