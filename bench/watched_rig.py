# SPDX-License-Identifier: Apache-2.0
"""Walking and being pushed under the eyes of the product's safety supervisor."""
from __future__ import annotations

from collections.abc import Mapping

from bench.supervision import new_supervisor, sample_of
from bench.walking_rig import WalkingRig
from humanoid_control.model import RobotModel
from humanoid_control.safety.observation import Observation
from humanoid_control.safety.supervisor import Supervisor

WATCH_EVERY = 5          # ticks: all data come that often; the supervisor's own rounds meet any of these moments
TOPICS = ('joint_states', 'odom', 'whole_body/reference', 'imu/data', 'l_sole/wrench', 'r_sole/wrench')


class WatchedRig(WalkingRig):
    """A WalkingRig whose supervisor sees all that it could ever see, and stops nobody.

    Attributes:
        supervisor: the product's, with its settings.
    """

    def __init__(self, robot: RobotModel, seed: int = 0, gains: Mapping[str, float] | None = None,
                 gait: Mapping[str, float] | None = None, **options: float):
        """See WalkingRig."""
        super().__init__(robot, seed, gains, gait, **options)
        self.supervisor: Supervisor = new_supervisor()
        self._ticks = 0
        # kinematics asks for the posture that balance holds
        self._reference = {name: robot.configuration.stand_posture.get(name, 0.0) for name in robot.joint_names}

    @property
    def faults(self) -> dict[str, str]:
        """What the supervisor has found so far: details by code and subject."""
        return {f'{fault.code} {fault.subject}'.strip(): fault.detail for fault in self.supervisor.state.faults}

    def tick(self) -> bool:
        """See WalkingRig; what the supervisor finds changes nothing."""
        upright = super().tick()
        self._ticks += 1
        if self._ticks % WATCH_EVERY == 0:
            self._watch()
        return upright

    def _watch(self) -> None:
        now = self.world.time
        sample = sample_of(self.world.layout, self.world.low_state(), self.balance.report)
        sample.reference, sample.stamp = self._reference, dict.fromkeys(TOPICS, now)
        self.supervisor.update(Observation(sample=sample, now=now, wall=now, simulated=True, clock_arrival=now,
                                           commanders=('/balance',)))
