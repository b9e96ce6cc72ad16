# SPDX-License-Identifier: Apache-2.0
"""What only the simulator knows: for scores, reports and tests, never for control."""
from __future__ import annotations

import mujoco
import numpy as np

from humanoid_control.simulation.bump_count import BumpCount
from humanoid_control.simulation.nut_line import NutLine
from humanoid_control.simulation.world import World

FALLEN_HEIGHT = 0.55       # of the base's height at the start
FALLEN_UPRIGHT = 0.5       # z component of the base's z axis


class GroundTruth:
    """True poses, and the numbers of falls and bumps.

    Attributes:
        bumps: how often it ran into things.
        falls: how often the robot went down since the start.
        fallen: whether it lies now.
    """

    def __init__(self, world: World, line: NutLine | None):
        self.world, self.line = world, line
        self.bumps = BumpCount(world)
        self.falls = 0
        self.fallen = False
        self._start_height = self.base_height

    @property
    def base_height(self) -> float:
        """Height of the base frame over the floor [m]."""
        return float(self.world.data.qpos[self.world.root_qpos + 2])

    def base_pose(self) -> np.ndarray:
        """Pose (4, 4) of the base in the world."""
        pose, rotation = np.eye(4), np.zeros(9)
        root = self.world.data.qpos[self.world.root_qpos:self.world.root_qpos + 7]
        mujoco.mju_quat2Mat(rotation, root[3:])
        pose[:3, :3] = rotation.reshape(3, 3)
        pose[:3, 3] = root[:3]
        return pose

    def base_velocity(self) -> np.ndarray:
        """Linear velocity in world axes [m/s], angular velocity in base axes [rad/s], shape (6,)."""
        return self.world.data.qvel[self.world.root_qvel:self.world.root_qvel + 6].copy()

    def body_pose(self, name: str) -> np.ndarray:
        """Pose (4, 4) of any body in the world; ModelError names an unknown one."""
        pose = np.eye(4)
        pose[:3, 3], pose[:3, :3] = self.world.body_pose(name)
        return pose

    def station_poses(self) -> dict[str, np.ndarray]:
        """Pose (4, 4) of each station frame in the world, by the station's name."""
        return {name: placed.to_world.copy() for name, placed in self.world.stations.items()}

    def nut_poses(self) -> dict[str, np.ndarray]:
        """Pose (4, 4) of each nut in the world."""
        return self.line.nut_poses() if self.line else {}

    def pin_poses(self) -> dict[str, np.ndarray]:
        """Seat frame (4, 4) of each pin in the world, by side."""
        return self.line.pin_poses() if self.line else {}

    def observe(self) -> None:
        """Look once per tick whether the robot has fallen or touches what it should not."""
        self.bumps.observe()
        qpos, root = self.world.data.qpos, self.world.root_qpos
        upright = 1 - 2 * (qpos[root + 4] ** 2 + qpos[root + 5] ** 2)
        down = not (qpos[root + 2] > FALLEN_HEIGHT * self._start_height and upright > FALLEN_UPRIGHT)
        if down and not self.fallen:
            self.falls += 1
        self.fallen = down

    def reset(self) -> None:
        """Forget that the robot lies; the number of falls stays."""
        self.fallen = False
