# SPDX-License-Identifier: Apache-2.0
"""The robot's topics as they are while it stands still, tick by tick, with a little noise."""

from __future__ import annotations

import numpy as np

from humanoid_control.model import RobotConfiguration, load_urdf, share_path
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety import RobotSample
from humanoid_control.safety.fault_table import FaultTable
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.settings import SafetySettings
from humanoid_control.safety.supervisor import Supervisor

ROBOT = RobotConfiguration.load()
TREE = LinkTree(load_urdf(share_path(ROBOT.urdf)))
TABLE = FaultTable.load()
TOPICS = ('joint_states', 'odom', 'whole_body/reference', 'imu/data', 'l_sole/wrench', 'r_sole/wrench')
PERIOD = 0.025  # [s]
GRAVITY = 9.81


class StandingRobot:
    """Observations of a robot that stands; tests change the one they are about.

    Attributes:
        now: robot's time [s].
        silent: topics that have stopped.
    """

    def __init__(self) -> None:
        self.now = 10.0
        self.wall = 500.0
        self.silent: set[str] = set()
        self._stamps: dict[str, float] = {}
        self._rng = np.random.default_rng(0)
        poses = TREE.poses(ROBOT.stand_posture)
        soles = [poses[TREE.index(leg.sole)][2, 3] for leg in ROBOT.legs.values()]
        self.height = float(poses[0][2, 3] - np.mean(soles))

    def observe(self) -> Observation:
        """The next round."""
        self.now += PERIOD
        self.wall += PERIOD
        for topic in TOPICS:
            if topic not in self.silent:
                self._stamps[topic] = self.now - 0.002
        noise = self._rng.normal
        names = TREE.movable
        posture = {name: ROBOT.stand_posture.get(name, 0.0) for name in names}
        # clear of the limits at which some joints are in the stand posture
        posture.update(
            {
                name: posture[name]
                + 0.05 * np.sign(TREE.joints[name].upper + TREE.joints[name].lower - 2 * posture[name])
                for name in names
                if 'gripper' not in name
            }
        )
        base = np.eye(4)
        base[2, 3] = self.height
        sample = RobotSample(
            position={name: q + float(noise(0, 1e-4)) for name, q in posture.items()},
            velocity={name: float(noise(0, 0.05)) for name in names},
            effort=dict.fromkeys(names, 1.0),
            reference={name: q for name, q in posture.items() if 'gripper' not in name},
            angular_velocity=noise(0, 0.01, 3),
            linear_acceleration=np.array((0.0, 0.0, GRAVITY)) + noise(0, 0.05, 3),
            base=base,
            sole_force={side: np.array((0.0, 0.0, TREE.mass * GRAVITY / 2)) + noise(0, 1.0, 3) for side in ROBOT.legs},
            sole_torque={side: noise(0, 0.05, 3) for side in ROBOT.legs},
            stamp=dict(self._stamps),
        )
        return Observation(sample=sample, now=self.now, wall=self.wall, commanders=('balance',))


def supervisor() -> Supervisor:
    """A new supervisor with the package's settings."""
    return Supervisor(SafetySettings.load(), TABLE, TREE, ROBOT, lambda: '2031-05-07T08:00:00+00:00')
