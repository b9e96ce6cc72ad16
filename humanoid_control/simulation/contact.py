# SPDX-License-Identifier: Apache-2.0
"""Contact parameters and who touches whom.

Hard contacts (3 ms, at most 0.5 mm deep) are what keeps a nut on the rim of a pin from looking seated: with
6 ms and softer, false seats appear. The rubber of the fingers has priority, so that its friction holds
against whatever they touch.
"""
from __future__ import annotations

from dataclasses import dataclass

import mujoco

SOLREF = (0.003, 1.0)
SOLIMP = (0.95, 0.99, 0.0005, 0.5, 2.0)

ENVIRONMENT = 1     # bench, fixture, trays, floor, nuts
LEFT = 2            # the left limbs
RIGHT = 4           # the right limbs

SHOWN_GROUP = 1     # geoms that a camera sees
HIDDEN_GROUP = 3    # geoms that only touch


@dataclass(frozen=True)
class Contact:
    """Friction coefficients (sliding [1], torsional [m], rolling [m]) and contact dimension of a surface.

    Attributes:
        stiff: hard contact as above; False keeps MuJoCo's default of 20 ms.
        priority: the surface with the higher priority sets the parameters of a pair.
    """

    friction: tuple[float, float, float]
    dimension: int = 3
    stiff: bool = True
    priority: int = 0

    def apply(self, geom: mujoco.MjsGeom, own: int = ENVIRONMENT, touches: int = ENVIRONMENT) -> None:
        """Give the geom this surface; it belongs to the bits `own` and collides with the bits `touches`."""
        geom.friction = self.friction
        geom.condim = self.dimension
        geom.priority = self.priority
        geom.contype = own
        geom.conaffinity = touches
        if self.stiff:
            geom.solref = SOLREF
            geom.solimp = SOLIMP


def make_visual(geom: mujoco.MjsGeom) -> None:
    """Let a geom be seen and never touched."""
    geom.contype = 0
    geom.conaffinity = 0
    geom.group = SHOWN_GROUP
    geom.mass = 0


STEEL = Contact((0.2, 0.002, 0.0001))
FIXTURE = Contact((0.2, 0.002, 0.0001), priority=1)
BENCH_TOP = Contact((0.3, 0.002, 0.0001))
FINGER = Contact((1.0, 0.01, 0.0001), dimension=4, priority=2)


def ground(friction: float) -> Contact:
    """Surface of soles and floor with a sliding friction coefficient."""
    return Contact((friction, 0.02, 0.001), dimension=4, stiff=False)
