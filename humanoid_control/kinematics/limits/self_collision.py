# SPDX-License-Identifier: Apache-2.0
"""Keeping links of the robot apart."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.model import ModelError

# What turning about a nearest point can cost until the next step tells [m].
_RESERVE = 0.005


@dataclass(frozen=True)
class CollisionPairState:
    """Two links, their distance [m], and whether keeping it costs the other tasks something."""

    links: tuple[str, str]
    distance: float
    pushing: bool


class SelfCollision:
    """Velocity damper (Faverjon and Tournassoud, ICRA 1987) on the nearest pairs of links.

    Distances are exact ones between the collision shapes of the URDF (coal through Pinocchio). Along the line between
    the nearest points a pair may approach by at most gain * dt * (distance - standoff) in a step.

    Attributes:
        margin: distance [m] that is kept.
        standoff: distance [m] at which approach ends; a little more than the margin, because the nearest points of two
            boxes leap from edge to edge.
    """

    def __init__(self, model: pin.Model, urdf: str, pairs: Iterable[tuple[str, str]], *, margin: float, range_: float,
                 gain: float, rows: int) -> None:
        """Watch pairs of links.

        Args:
            margin: distance [m] to keep. range_: distance [m] below which a pair constrains the step.
            gain: approach speed per distance left [1/s]. rows: pairs that may constrain one step; the nearest win.

        Raises:
            ModelError: a link is unknown or has no collision shape.
            ValueError: not 0 <= margin < range_, or gain or rows not positive.
        """
        if not (0.0 <= margin < range_ and gain > 0.0 and rows > 0):
            raise ValueError(f'expected 0 <= margin < range_, gain > 0, rows > 0; got {margin}, {range_}, {gain}, {rows}')
        self.margin, self._range, self._gain, self.rows = margin, range_, gain, rows
        self.standoff = margin + _RESERVE
        self._geometry = pin.buildGeomFromUrdfString(model, urdf, pin.COLLISION)
        shapes = self._shapes_by_link(model)
        self.links: list[tuple[str, str]] = []
        joints: list[tuple[int, int]] = []
        for first, second in pairs:
            for link in (first, second):
                if link not in shapes:
                    raise ModelError(f'collision pair ({first}, {second}): link {link!r} has no collision shape in the URDF')
            for a in shapes[first]:
                for b in shapes[second]:
                    self._geometry.addCollisionPair(pin.CollisionPair(a, b))
                    self.links.append((first, second))
                    joints.append((self._geometry.geometryObjects[a].parentJoint, self._geometry.geometryObjects[b].parentJoint))
        self._data = self._geometry.createData()
        self._results = [self._data.distanceResults[k] for k in range(len(self.links))]
        moves = np.zeros((model.njoints, model.nv))
        for joint in range(1, model.njoints):
            for ancestor in model.supports[joint]:
                start = model.joints[ancestor].idx_v
                moves[joint, start:start + model.joints[ancestor].nv] = 1.0
        moves[0] = 0.0
        self._moves = np.array([[moves[a], moves[b]] for a, b in joints]).reshape(len(joints), 2, model.nv)
        self._distances = np.full(len(joints), np.inf)
        self._near: list[int] = []
        self._multiplier = np.zeros(rows)

    def bind(self, constraint: np.ndarray, bound: np.ndarray, multiplier: np.ndarray) -> None:
        """Take over the solver's rows: shapes (rows, nv), (rows,), (rows,)."""
        self._constraint, self._bound, self._multiplier = constraint, bound, multiplier

    def distances(self, model: pin.Model, data: pin.Data) -> np.ndarray:
        """Distance [m] of every watched pair of shapes, shape (pairs,); negative where they overlap.

        `data` must hold the joint placements. Valid until the next call.
        """
        pin.updateGeometryPlacements(model, data, self._geometry, self._data)
        pin.computeDistances(self._geometry, self._data)
        self._distances[:] = [result.min_distance for result in self._results]
        return self._distances

    def update(self, state: KinematicState, dt: float) -> int:
        """Write the rows of the nearest pairs for a step of dt [s] and return their number."""
        distances = self.distances(state.model, state.data)
        near = np.flatnonzero(distances < self._range)
        if len(near) > self.rows:
            near = near[np.argsort(distances[near], kind='stable')[:self.rows]]
        self._near = near.tolist()
        if not self._near:
            return 0
        wrench = np.empty((2 * len(near), 6))
        for row, pair in enumerate(self._near):
            result = self._results[pair]
            wrench[2 * row:2 * row + 2, :3] = normal = result.normal
            turn = pin.skew(normal)  # p x n = -n x p
            wrench[2 * row, 3:] = -turn @ result.getNearestPoint1()
            wrench[2 * row + 1, 3:] = -turn @ result.getNearestPoint2()
        # a unit force along the normal at each point, on the spatial Jacobian in world axes: the points' speeds along it
        speed = (wrench @ state.data.J).reshape(len(near), 2, -1) * self._moves[near]
        self._constraint[:len(near)] = speed[:, 1] - speed[:, 0]
        self._bound[:len(near)] = -min(1.0, self._gain * dt) * (distances[near] - self.standoff)
        return len(near)

    def nearest(self) -> list[CollisionPairState]:
        """Pairs that constrained the last step, nearest first."""
        found = [CollisionPairState(self.links[pair], float(self._distances[pair]), bool(self._multiplier[row] > 0.0))
                 for row, pair in enumerate(self._near)]
        return sorted(found, key=lambda pair: pair.distance)

    @staticmethod
    def _link_of(model: pin.Model, geometry: pin.GeometryObject) -> str:
        return model.frames[geometry.parentFrame].name

    def _shapes_by_link(self, model: pin.Model) -> dict[str, list[int]]:
        shapes: dict[str, list[int]] = {}
        for index, geometry in enumerate(self._geometry.geometryObjects):
            shapes.setdefault(self._link_of(model, geometry), []).append(index)
        return shapes
