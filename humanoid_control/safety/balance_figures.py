# SPDX-License-Identifier: Apache-2.0
"""Support polygon, centre of pressure and divergent component of motion, from what is measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from humanoid_control.model.link_tree import LinkTree
from humanoid_control.model.robot_configuration import RobotConfiguration
from humanoid_control.safety.robot_sample import RobotSample

GRAVITY = 9.81  # [m/s^2]
CONTACT_FORCE = 15.0  # [N] a sole with less is taken as lifted
DIFFERENCE = 1e-4  # [s] over which the centre of mass is moved on to get its velocity


@dataclass(frozen=True)
class Balance:
    """How the robot stands, in `odom` [m].

    Attributes:
        soles: transform (4, 4) by side.
        contact: whether a sole is loaded, by side.
        support: corners (k, 3) of the support polygon, counter-clockwise; k = 0 in the air.
        centre_of_mass: (3,).
        dcm: divergent component of motion (3,) at floor height: where the centre of mass runs to.
        centre_of_pressure: (3,) or None in the air.
        dcm_margin, pressure_margin: distance [m] to the edge of the polygon, negative outside; None in the air.
        dcm_distance: from the dcm to the middle of the nearest sole [m], loaded or about to come down.
    """

    soles: dict[str, np.ndarray]
    contact: dict[str, bool]
    support: np.ndarray
    centre_of_mass: np.ndarray
    dcm: np.ndarray
    centre_of_pressure: np.ndarray | None
    dcm_margin: float | None
    pressure_margin: float | None
    dcm_distance: float


class BalanceFigures:
    """Computes a Balance from a sample, with its own kinematics."""

    def __init__(self, tree: LinkTree, robot: RobotConfiguration):
        """ModelError when the URDF lacks a sole of the robot file."""
        self._tree = tree
        self._soles = {side: tree.index(leg.sole) for side, leg in robot.legs.items()}
        length, width = robot.sole.half_length, robot.sole.half_width
        self._corners = np.array(
            [(length, width, 0, 1), (-length, width, 0, 1), (-length, -width, 0, 1), (length, -width, 0, 1)]
        )

    def compute(self, sample: RobotSample) -> Balance | None:
        """Figures of a sample, None until joints and base are known."""
        if sample.base is None or not sample.position:
            return None
        poses = self._tree.poses(sample.position, sample.base)
        soles = {side: poses[index] for side, index in self._soles.items()}
        contact = {side: side in sample.sole_force and sample.sole_force[side][2] > CONTACT_FORCE for side in soles}
        corners = [self._corners @ soles[side].T for side in soles if contact[side]]
        support = convex_hull(np.vstack(corners)[:, :3]) if corners else np.zeros((0, 3))
        floor = float(np.mean([soles[side][2, 3] for side in soles if contact[side] or not corners]))
        centre = self._tree.centre_of_mass(poses)
        velocity = (self._moved_centre(sample) - centre) / DIFFERENCE
        # xi = c + c' / omega, omega^2 = g / height (Englsberger, Ott, Albu-Schaeffer, IEEE T-RO 31(2), 2015)
        height = max(centre[2] - floor, 0.1)
        dcm = centre + velocity * np.sqrt(height / GRAVITY)
        dcm[2] = floor
        pressure = centre_of_pressure(soles, contact, sample)
        margins = [
            None if point is None or len(support) == 0 else polygon_margin(support, point) for point in (dcm, pressure)
        ]
        distance = min(float(np.hypot(*(dcm - sole[:3, 3])[:2])) for sole in soles.values())
        return Balance(soles, contact, support, centre, dcm, pressure, *margins, distance)

    def _moved_centre(self, sample: RobotSample) -> np.ndarray:
        """Centre of mass (3,) a moment later at the measured velocities."""
        position = {n: q + DIFFERENCE * sample.velocity.get(n, 0.0) for n, q in sample.position.items()}
        x, y, z = DIFFERENCE * sample.base_angular
        twist = np.array([(1, -z, y, 0), (z, 1, -x, 0), (-y, x, 1, 0), (0, 0, 0, 1)], dtype=float)
        twist[:3, 3] = DIFFERENCE * sample.base_linear
        return self._tree.centre_of_mass(self._tree.poses(position, sample.base @ twist))


def centre_of_pressure(
    soles: dict[str, np.ndarray], contact: dict[str, bool], sample: RobotSample
) -> np.ndarray | None:
    """Force-weighted mean (3,) of the pressure centres of the loaded soles: (-ty, tx) / fz in each sole frame."""
    total, point = 0.0, np.zeros(3)
    for side, pose in soles.items():
        if contact[side]:
            force, torque = sample.sole_force[side][2], sample.sole_torque[side]
            total += force
            point += (pose @ np.array((-torque[1] / force, torque[0] / force, 0.0, 1.0)))[:3] * force
    return point / total if total > 0 else None


def convex_hull(points: np.ndarray) -> np.ndarray:
    """Corners (k, 3) of the convex hull of `points` (n, 3) seen from above, counter-clockwise (Andrew's monotone chain)."""
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]
    halves = []
    for row in (ordered, ordered[::-1]):
        chain: list[np.ndarray] = []
        for point in row:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        halves.extend(chain[:-1])
    return np.array(halves)


def polygon_margin(polygon: np.ndarray, point: np.ndarray) -> float:
    """Distance [m] of `point` from the edge of a convex polygon (k, 2 or 3), counter-clockwise; negative outside."""
    start, end = polygon[:, :2], np.roll(polygon[:, :2], -1, axis=0)
    edge, offset = end - start, point[:2] - start
    length = np.linalg.norm(edge, axis=1)
    inward = (edge[:, 0] * offset[:, 1] - edge[:, 1] * offset[:, 0]) / length
    if np.all(inward >= 0):
        return float(inward.min())
    along = np.clip(np.einsum('ij,ij->i', offset, edge) / length**2, 0.0, 1.0)
    return -float(np.linalg.norm(offset - along[:, None] * edge, axis=1).min())


def _turn(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
