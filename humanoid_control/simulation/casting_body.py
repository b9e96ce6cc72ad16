# SPDX-License-Identifier: Apache-2.0
"""The die-casting that carries two bosses with positioning pins."""
from __future__ import annotations

import mujoco
import numpy as np

from humanoid_control.model.station_configuration import Fixture, Nut
from humanoid_control.simulation.contact import FIXTURE, HIDDEN_GROUP, make_visual
from humanoid_control.simulation.shapes import lathe

CASTING = 'casting'
PLATE_HEIGHT = 0.012     # [m] web between the bosses; well below the fingers
RIB_HEIGHT = 0.018       # [m]
PIN_SIDES = 24


def pin_profile(fixture: Fixture, radius: float) -> np.ndarray:
    """Outline (radius, height) [m] of a chamfered pin above its seat plane, shape (5, 2)."""
    top, chamfer = fixture.pin_height, fixture.pin_chamfer
    return np.array([(0, 0), (radius, 0), (radius, top - chamfer), (radius - chamfer, top), (0, top)])


def add_casting(spec: mujoco.MjSpec, fixture: Fixture, nut: Nut, clearance: float,
                pins: dict[str, np.ndarray]) -> None:
    """Add the casting as a body that can be put anywhere (mocap); its frame lies at bench height.

    Args:
        clearance: radial clearance [m] of the nut on the pin.
        pins: seat centres (x, y) [m] in the casting's frame by side.
    """
    radius = nut.hole_diameter / 2 - clearance
    # a convex polygon that runs as far inside as outside the circle
    inscribed = np.cos(np.pi / PIN_SIDES)
    vertices, faces = lathe(pin_profile(fixture, radius) * (2 / (1 + inscribed), 1.0), PIN_SIDES)
    spec.add_mesh(name='pin', uservert=vertices.ravel(), userface=faces.ravel())
    smooth, faces = lathe(pin_profile(fixture, radius))
    spec.add_mesh(name='pin_shown', uservert=smooth.ravel(), userface=faces.ravel())

    body = spec.worldbody.add_body(name=CASTING, mocap=True)
    for side, (x, y) in pins.items():
        boss = body.add_geom(name=f'{side}_boss', type=mujoco.mjtGeom.mjGEOM_CYLINDER,
                             size=(fixture.boss_radius, fixture.boss_height / 2, 0),
                             pos=(x, y, fixture.boss_height / 2), material='machined')
        FIXTURE.apply(boss)
        pin = body.add_geom(name=f'{side}_pin', type=mujoco.mjtGeom.mjGEOM_MESH, meshname='pin',
                            pos=(x, y, fixture.boss_height), group=HIDDEN_GROUP)
        FIXTURE.apply(pin)
        make_visual(body.add_geom(name=f'{side}_pin_shown', type=mujoco.mjtGeom.mjGEOM_MESH, meshname='pin_shown',
                                  pos=(x, y, fixture.boss_height), material='pin'))
        make_visual(body.add_geom(name=f'{side}_flange', type=mujoco.mjtGeom.mjGEOM_CYLINDER,
                                  size=(fixture.boss_radius + 0.012, PLATE_HEIGHT / 2 + 0.001, 0),
                                  pos=(x, y, PLATE_HEIGHT / 2), material='casting'))
    _add_web(body, np.array(list(pins.values())))


def _add_web(body: mujoco.MjsBody, pins: np.ndarray) -> None:
    """Plate and ribs between the bosses, away from where the fingers go down."""
    low, high = pins.min(axis=0), pins.max(axis=0)
    middle = (low + high) / 2
    half_width = (high[1] - low[1]) / 2 + 0.016
    plate = body.add_geom(name='casting_plate', type=mujoco.mjtGeom.mjGEOM_BOX,
                          size=(0.030, half_width, PLATE_HEIGHT / 2),
                          pos=(middle[0] + 0.006, middle[1], PLATE_HEIGHT / 2), material='casting')
    FIXTURE.apply(plate)
    half_rib = (high[1] - low[1]) / 2 - 0.05
    for number, (x, y, half_x, half_y) in enumerate((
            (0.033, 0, 0.003, half_width), (-0.021, 0, 0.003, half_width),
            (0.006, half_rib * 0.5, 0.027, 0.003), (0.006, -half_rib * 0.5, 0.027, 0.003))):
        rib = body.add_geom(name=f'casting_rib_{number}', type=mujoco.mjtGeom.mjGEOM_BOX,
                            size=(half_x, half_y, RIB_HEIGHT / 2),
                            pos=(middle[0] + x, middle[1] + y, RIB_HEIGHT / 2), material='casting')
        FIXTURE.apply(rib)
    hub = body.add_geom(name='casting_hub', type=mujoco.mjtGeom.mjGEOM_CYLINDER, size=(0.024, 0.011, 0),
                        pos=(middle[0] + 0.006, middle[1], 0.011), material='casting')
    FIXTURE.apply(hub)
    make_visual(body.add_geom(name='casting_bore', type=mujoco.mjtGeom.mjGEOM_CYLINDER, size=(0.012, 0.0112, 0),
                              pos=(middle[0] + 0.006, middle[1], 0.0112), rgba=(0.15, 0.15, 0.16, 1)))
