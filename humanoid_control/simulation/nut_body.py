# SPDX-License-Identifier: Apache-2.0
"""A steel nut: six boxes to touch, a bevelled ring with a round hole to be seen."""
from __future__ import annotations

import math

import mujoco

from humanoid_control.model.station_configuration import Nut
from humanoid_control.simulation.contact import HIDDEN_GROUP, STEEL, make_visual
from humanoid_control.simulation.shapes import hexagonal_ring

MESH = 'nut'


def nut_inertia(nut: Nut) -> tuple[float, float]:
    """Moments of inertia [kg m^2] across and along the axis of a hexagonal prism with a round hole.

    Both solids have the nut's density; prism of corner radius s: I_z = 5/12 m s^2, I_x = I_z / 2 + m h^2 / 12;
    cylinder of radius r: I_z = m r^2 / 2, same I_x.
    """
    corner = nut.across_flats / math.sqrt(3)
    bore = nut.hole_diameter / 2
    prism_area = 1.5 * math.sqrt(3) * corner ** 2
    bore_area = math.pi * bore ** 2
    density = nut.mass / (nut.height * (prism_area - bore_area))
    prism, cylinder = density * nut.height * prism_area, density * nut.height * bore_area
    along = prism * 5 / 12 * corner ** 2 - cylinder * bore ** 2 / 2
    across = along / 2 + nut.mass * nut.height ** 2 / 12
    return across, along


def add_nut_mesh(spec: mujoco.MjSpec, nut: Nut) -> None:
    """Add the mesh that all nuts of the spec show."""
    vertices, faces = hexagonal_ring(nut.across_flats, nut.hole_diameter, nut.height)
    spec.add_mesh(name=MESH, uservert=vertices.ravel(), userface=faces.ravel(),
                  inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL)


def add_nut(spec: mujoco.MjSpec, nut: Nut, name: str) -> None:
    """Add a free nut whose frame is its centre, z along its axis and x towards a flat.

    The boxes make the outside hexagon exact; inside they leave a hexagon whose flats touch the bore.
    """
    body = spec.worldbody.add_body(name=name)
    body.add_freejoint(name=name)
    across, along = nut_inertia(nut)
    body.explicitinertial = True
    body.mass = nut.mass
    body.inertia = (across, across, along)
    half_thickness = (nut.across_flats - nut.hole_diameter) / 4
    radius = (nut.across_flats + nut.hole_diameter) / 4
    half_side = nut.across_flats / math.sqrt(3) / 2
    for k in range(6):
        angle = k * math.pi / 3
        geom = body.add_geom(name=f'{name}_side_{k}', type=mujoco.mjtGeom.mjGEOM_BOX,
                             size=(half_thickness, half_side, nut.height / 2),
                             pos=(radius * math.cos(angle), radius * math.sin(angle), 0),
                             quat=(math.cos(angle / 2), 0, 0, math.sin(angle / 2)), mass=0, group=HIDDEN_GROUP)
        STEEL.apply(geom)
    make_visual(body.add_geom(name=f'{name}_shown', type=mujoco.mjtGeom.mjGEOM_MESH, meshname=MESH, material='nut'))
