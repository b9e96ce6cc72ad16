# SPDX-License-Identifier: Apache-2.0
"""Contents of config/station_localiser.yaml, config/part_detector.yaml and config/obstacle_detector.yaml."""

from __future__ import annotations

from dataclasses import dataclass

from humanoid_perception.nodes.node_settings import NodeSettings
from humanoid_perception.nodes.obstacle_node_settings import ObstacleNodeSettings
from humanoid_perception.obstacles.obstacle_settings import ObstacleSettings
from humanoid_perception.parts.part_finder import PartFinderSettings
from humanoid_perception.parts.part_tracker import PartTrackerSettings
from humanoid_perception.tags.localiser_settings import LocaliserSettings


@dataclass(frozen=True)
class StationLocaliserConfiguration:
    """config/station_localiser.yaml."""

    node: NodeSettings
    localiser: LocaliserSettings


@dataclass(frozen=True)
class PartDetectorConfiguration:
    """config/part_detector.yaml."""

    node: NodeSettings
    finder: PartFinderSettings
    tracker: PartTrackerSettings


@dataclass(frozen=True)
class ObstacleDetectorConfiguration:
    """config/obstacle_detector.yaml."""

    node: ObstacleNodeSettings
    grid: ObstacleSettings
