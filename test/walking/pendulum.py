# SPDX-License-Identifier: Apache-2.0
"""A linear inverted pendulum on two feet that do exactly what the gait says: walking without a robot."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from humanoid_control.balance.walk import Footstep, GaitInput, GaitOutput, GaitPhase

GRAVITY = 9.81
WEIGHT = 510.0  # [N]


class Walker(Protocol):
    """The C gait or its twin."""

    def stand(self, measured: GaitInput) -> None:
        """Stand where the soles are."""

    def tick(self, measured: GaitInput) -> GaitOutput:
        """One tick."""


class Pendulum:
    """Point mass at constant height whose centre of pressure is where the gait wants it.

    Attributes:
        measured: input of the next tick.
        output: of the last tick.
        steps: footsteps taken, in order.
        time: [s].
    """

    def __init__(self, gait: Walker, height: float = 0.83, dt: float = 0.002, width: float = 0.2):
        self.gait = gait
        self.omega = math.sqrt(GRAVITY / height)
        half = width / 2
        self.measured = GaitInput(dt=dt, com_height=height, soles=((0.0, half, 0.0, 0.0), (0.0, -half, 0.0, 0.0)),
                                  forces=(WEIGHT / 2, WEIGHT / 2))
        self.output = GaitOutput()
        self.steps: list[Footstep] = []
        self.time = 0.0
        gait.stand(self.measured)

    def push(self, x: float, y: float) -> None:
        """Change the velocity of the mass at once [m/s]."""
        vx, vy = self.measured.com_velocity
        self.measured.com_velocity = (vx + x, vy + y)

    def tick(self) -> GaitOutput:
        """One tick of the gait and of the pendulum."""
        m = self.measured
        out = self.output = self.gait.tick(m)
        w2 = self.omega ** 2
        com, velocity = [], []
        for i in range(2):
            acceleration = w2 * (m.com[i] - out.cop[i])
            com.append(m.com[i] + m.com_velocity[i] * m.dt + acceleration * m.dt ** 2 / 2)
            velocity.append(m.com_velocity[i] + acceleration * m.dt)
        m.com, m.com_velocity = tuple(com), tuple(velocity)
        soles, forces = list(m.soles), [WEIGHT / 2, WEIGHT / 2]
        if out.swing_foot >= 0:
            x, y, z, yaw = out.swing[0]
            soles[out.swing_foot] = (x, y, max(z, 0.0), yaw)
            forces = [WEIGHT, WEIGHT]
            forces[out.swing_foot] = 0.0 if z > 0.0 else 60.0
        m.soles, m.forces = tuple(soles), tuple(forces)
        if out.touchdown >= 0:
            x, y, _, yaw = m.soles[out.touchdown]
            self.steps.append(Footstep(out.touchdown, x, y, yaw))
        self.time += m.dt
        return out

    def run(self, duration: float, velocity: Sequence[float] | None = None) -> bool:
        """Run for `duration` [s], commanding `velocity` or nothing; False when the pendulum has fallen over."""
        m = self.measured
        m.walk, m.velocity = velocity is not None, tuple(velocity or (0.0, 0.0, 0.0))
        for _ in range(round(duration / m.dt)):
            self.tick()
            if self.fallen:
                return False
        return True

    @property
    def fallen(self) -> bool:
        """Whether the mass is farther from both feet than a leg can be."""
        m = self.measured
        return min(math.dist(m.com, sole[:2]) for sole in m.soles) > 0.6

    @property
    def standing(self) -> bool:
        """Whether the gait stands."""
        return self.output.phase is GaitPhase.STANDING
