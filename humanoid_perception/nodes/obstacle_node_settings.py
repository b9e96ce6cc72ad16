# SPDX-License-Identifier: Apache-2.0
"""Settings of the node `obstacle_detector` (section `node` of its file)."""

from __future__ import annotations

from dataclasses import dataclass

from humanoid_perception.nodes.node_settings import NodeSettings, require_rate


@dataclass(frozen=True)
class ObstacleNodeSettings(NodeSettings):
    """As of all perception nodes, and how often it looks when the robot walks.

    Attributes:
        rate_walking: images used in a second while the robot steps, at most [Hz].
    """

    rate_walking: float

    def __post_init__(self) -> None:
        super().__post_init__()
        require_rate('rate_walking', self.rate_walking)
