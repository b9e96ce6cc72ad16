# SPDX-License-Identifier: Apache-2.0
"""Settings of the walking node (config/walking_node.yaml)."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path
from humanoid_control.walking.body_shape import BodyShape, Box
from humanoid_control.walking.footstep_settings import FootstepSettings
from humanoid_control.walking.goal_walker import GoalSettings
from humanoid_control.walking.map_alignment import AlignmentSettings
from humanoid_control.walking.seen_floor import SeenSettings
from humanoid_control.walking.velocity_shaper import VelocitySettings


@dataclass(frozen=True)
class Extent:
    """A rectangle and the room around it that sway needs [m]."""

    box: Box
    margin: float


@dataclass(frozen=True)
class WalkingSettings:
    """All sections of the file.

    Attributes:
        gaze: point that the robot looks at when it sets off, in base_footprint [m].
    """

    velocity: VelocitySettings
    footsteps: FootstepSettings
    body: Extent
    load: Extent
    seen: SeenSettings
    goal: GoalSettings
    alignment: AlignmentSettings
    gaze: tuple[float, float, float]

    @classmethod
    def load_file(cls, path: str | Path | None = None) -> WalkingSettings:
        """Read a file, by default the package's own; ConfigurationError names file, key, value and expectation."""
        return load(cls, path or share_path('config', 'walking_node.yaml'))

    def shape(self, loaded: bool) -> BodyShape:
        """Space that the robot takes up, with or without a load in its hands."""
        shape = BodyShape((self.body.box,), self.body.margin)
        return shape.with_load(self.load.box, self.load.margin) if loaded else shape
