# SPDX-License-Identifier: Apache-2.0
"""How often the robot runs into what stands around: for scores and tests, never for control."""
from __future__ import annotations

import mujoco
import numpy as np

from humanoid_control.simulation.world import UNMAPPED_CRATE, World

LEG_OR_TRUNK, ARM = 1, 2          # what a link is
APART = 0.5                       # [s] without a touch after which the next one is another bump


class BumpCount:
    """Touches of the robot with obstacles, and of its legs and trunk with benches; arms may lean on a bench.

    Attributes:
        number: bumps since the start; touches that follow one another within half a second are one.
        last: the last one for people, '' before the first.
    """

    def __init__(self, world: World):
        self.number = 0
        self.last = ''
        self._world = world
        self._quiet_since = -np.inf       # [s] of simulated time
        model = world.model
        first_joint = [chain.joints[0] for chain in world.robot.arms.values()]
        arms = set(_bodies_below(model, [int(model.jnt_bodyid[model.joint(joint).id]) for joint in first_joint]))
        robot = set(_bodies_below(model, [int(model.jnt_bodyid[model.dof_jntid[world.root_qvel]])]))
        bodies = model.geom_bodyid
        self._link = np.array([0 if b not in robot else ARM if b in arms else LEG_OR_TRUNK for b in bodies])
        self._hurts = np.array([self._who_bumps(model.geom(g).name) for g in range(model.ngeom)])

    def observe(self) -> None:
        """Look at the contacts of the last step."""
        data = self._world.data
        first, second = data.contact.geom.T
        hits = np.flatnonzero((self._link[first] & self._hurts[second]) | (self._link[second] & self._hurts[first]))
        if not len(hits):
            return
        if data.time - self._quiet_since > APART:
            self.number += 1
            model, pair = self._world.model, (int(first[hits[0]]), int(second[hits[0]]))
            link, thing = pair if self._link[pair[0]] else pair[::-1]
            self.last = f'{model.body(model.geom_bodyid[link]).name} on {model.geom(thing).name} at {data.time:.2f} s'
        self._quiet_since = data.time

    def _who_bumps(self, geom: str) -> int:
        """Which links must not touch a geom."""
        site = self._world.site
        if geom == UNMAPPED_CRATE or (site is not None and geom in site.obstacles):
            return LEG_OR_TRUNK | ARM
        return LEG_OR_TRUNK if geom.rsplit('/', 1)[-1].startswith('bench') else 0


def _bodies_below(model: mujoco.MjModel, tops: list[int]) -> list[int]:
    """These bodies and all that hang on them; MuJoCo numbers parents before children."""
    below = set(tops)
    for body in range(model.nbody):
        if int(model.body_parentid[body]) in below:
            below.add(body)
    return sorted(below)
