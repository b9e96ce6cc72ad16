# SPDX-License-Identifier: Apache-2.0
"""Forward kinematics of a URDF in numpy alone, for nodes that watch the robot and must not depend on what moves it."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from humanoid_control.model.errors import ModelError
from humanoid_control.model.link_visual import LinkVisual, colour_of, numbers, transform_from_origin, visuals_of

TURNING = ('revolute', 'continuous')
KINDS = ('fixed', *TURNING, 'prismatic')


@dataclass(frozen=True)
class TreeJoint:
    """One joint.

    Attributes:
        kind: `fixed`, `revolute`, `continuous` or `prismatic`.
        origin: transform (4, 4) from the joint at position 0 to the parent link.
        axis: unit vector (3,) in the joint's frame.
        lower, upper: position limits [rad, m]; infinite without any.
        velocity [rad/s, m/s], effort [N m, N]: limits; infinite without any.
        mimic: (joint that it follows, multiplier, offset) or None.
    """

    name: str
    kind: str
    parent: str
    child: str
    origin: np.ndarray
    axis: np.ndarray
    lower: float
    upper: float
    velocity: float
    effort: float
    mimic: tuple[str, float, float] | None


class LinkTree:
    """Links and joints of a robot, the root link being free in space.

    Attributes:
        root: name of the root link.
        links: names, parents before children.
        joints: by name, in the order of their child links.
        visuals: visual shapes by link.
        mass: total [kg].
    """

    def __init__(self, urdf: str):
        """Read URDF text; ModelError names what is missing or malformed."""
        try:
            robot = xml.fromstring(urdf.encode())
        except xml.ParseError as error:
            raise ModelError(f'URDF is not well-formed XML: {error}') from error
        elements = {link.get('name', ''): link for link in robot.findall('link')}
        joints = [_read_joint(element) for element in robot.findall('joint')]
        by_child = _joints_by_child(joints, elements)
        roots = [name for name in elements if name not in by_child]
        if len(roots) != 1:
            raise ModelError(f'URDF: expected one root link, got {roots or "a loop"}')
        self.root = roots[0]
        self.links = _parents_first(self.root, by_child)
        if len(self.links) != len(elements):
            raise ModelError(f'URDF: not connected to {self.root!r}: {sorted(elements.keys() - set(self.links))}')
        self.joints = {by_child[link].name: by_child[link] for link in self.links[1:]}
        materials = {m.get('name', ''): colour_of(m, {}) for m in robot.findall('material')}
        self.visuals: dict[str, tuple[LinkVisual, ...]] = {n: visuals_of(elements[n], materials) for n in self.links}
        self._index = {name: i for i, name in enumerate(self.links)}
        self._prepare_motion()
        self._prepare_masses(elements)

    @property
    def movable(self) -> tuple[str, ...]:
        """Names of the joints that have a position of their own."""
        return tuple(n for n, joint in self.joints.items() if joint.kind != 'fixed' and joint.mimic is None)

    def index(self, link: str) -> int:
        """Row of a link in `poses`; ModelError names one that isn't there."""
        try:
            return self._index[link]
        except KeyError:
            raise ModelError(f'link {link!r} is not in the URDF') from None

    def local_transforms(self, positions: Mapping[str, float]) -> np.ndarray:
        """Transforms (n, 4, 4) from the child link of each joint to its parent link, in the order of `joints`.

        Args:
            positions: by joint name [rad, m]; joints that are not named are at 0, names of no joint are passed over.
        """
        values = np.array([scale * positions.get(name, 0.0) + offset for name, scale, offset in self._drivers])
        turn = values * self._turning
        motion = np.zeros((len(values), 4, 4))
        # Rodrigues' formula with the skew matrix K of each axis: R = 1 + sin K + (1 - cos) K^2
        motion[:, :3, :3] = (
            np.eye(3)
            + np.sin(turn)[:, None, None] * self._skew
            + (1.0 - np.cos(turn))[:, None, None] * self._skew_squared
        )
        motion[:, :3, 3] = (values * self._sliding)[:, None] * self._axes
        motion[:, 3, 3] = 1.0
        return self._origins @ motion

    def poses(self, positions: Mapping[str, float], base: np.ndarray | None = None) -> np.ndarray:
        """Transforms (links, 4, 4) of all links, in the order of `links`.

        Args:
            positions: as for `local_transforms`.
            base: transform (4, 4) of the root link; identity by default.
        """
        local = self.local_transforms(positions)
        poses = np.empty((len(self.links), 4, 4))
        poses[0] = np.eye(4) if base is None else base
        for children, parents in self._levels:
            poses[children] = poses[parents] @ local[children - 1]
        return poses

    def centre_of_mass(self, poses: np.ndarray) -> np.ndarray:
        """Centre of mass (3,) [m] for `poses`, in their frame."""
        centres = np.einsum('nij,nj->ni', poses[:, :3, :], self._centres)
        return self._masses @ centres / self.mass

    def _prepare_motion(self) -> None:
        joints = list(self.joints.values())
        self._origins = np.array([j.origin for j in joints]).reshape(-1, 4, 4)
        self._axes = np.array([j.axis for j in joints]).reshape(-1, 3)
        self._skew = np.zeros((len(joints), 3, 3))
        x, y, z = self._axes.T
        self._skew[:, 0, 1], self._skew[:, 0, 2], self._skew[:, 1, 2] = -z, y, -x
        self._skew -= np.swapaxes(self._skew, 1, 2)
        self._skew_squared = self._skew @ self._skew
        self._turning = np.array([float(j.kind in TURNING) for j in joints])
        self._sliding = np.array([float(j.kind == 'prismatic') for j in joints])
        self._drivers = [j.mimic or (j.name, 1.0, 0.0) for j in joints]
        depth = {self.root: 0}
        for joint in joints:
            depth[joint.child] = depth[joint.parent] + 1
        self._levels = []
        for level in range(1, max(depth.values()) + 1):
            children = [j for j in joints if depth[j.child] == level]
            self._levels.append(
                (
                    np.array([self._index[j.child] for j in children]),
                    np.array([self._index[j.parent] for j in children]),
                )
            )

    def _prepare_masses(self, elements: dict[str, xml.Element]) -> None:
        self._masses = np.zeros(len(self.links))
        self._centres = np.zeros((len(self.links), 4))
        self._centres[:, 3] = 1.0
        for i, name in enumerate(self.links):
            inertial = elements[name].find('inertial')
            if inertial is None:
                continue
            mass = inertial.find('mass')
            if mass is None:
                raise ModelError(f'URDF: inertial of link {name!r} has no mass')
            (self._masses[i],) = numbers(mass, 'value', 1)
            self._centres[i, :3] = transform_from_origin(inertial.find('origin'))[:3, 3]
        self.mass = float(self._masses.sum())
        if not self.mass > 0:
            raise ModelError(f'URDF: total mass must be positive [kg], got {self.mass}')


def _read_joint(element: xml.Element) -> TreeJoint:
    name, kind = element.get('name', ''), element.get('type', '')
    if kind not in KINDS:
        raise ModelError(f'URDF: joint {name!r} is of type {kind!r}; expected one of {", ".join(KINDS)}')
    ends = {}
    for end in ('parent', 'child'):
        found = element.find(end)
        if found is None or not found.get('link'):
            raise ModelError(f'URDF: joint {name!r} has no {end} link')
        ends[end] = found.get('link', '')
    axis_element = element.find('axis')
    axis = np.array((1.0, 0.0, 0.0) if axis_element is None else numbers(axis_element, 'xyz', 3))
    length = float(np.linalg.norm(axis))
    if kind != 'fixed' and length < 1e-9:
        raise ModelError(f'URDF: joint {name!r} has an axis of length 0')
    limit = element.find('limit')
    limits = {
        n: _limit(limit, n, default)
        for n, default in (('lower', -np.inf), ('upper', np.inf), ('velocity', np.inf), ('effort', np.inf))
    }
    return TreeJoint(
        name=name,
        kind=kind,
        origin=transform_from_origin(element.find('origin')),
        axis=axis / length if length else axis,
        mimic=_mimic(element.find('mimic')),
        **ends,
        **limits,
    )


def _limit(element: xml.Element | None, attribute: str, default: float) -> float:
    if element is None or element.get(attribute) is None:
        return default
    return numbers(element, attribute, 1)[0]


def _mimic(element: xml.Element | None) -> tuple[str, float, float] | None:
    if element is None:
        return None
    return (
        element.get('joint', ''),
        numbers(element, 'multiplier', 1, (1.0,))[0],
        numbers(element, 'offset', 1, (0.0,))[0],
    )


def _joints_by_child(joints: list[TreeJoint], links: dict[str, xml.Element]) -> dict[str, TreeJoint]:
    by_child: dict[str, TreeJoint] = {}
    for joint in joints:
        for link in (joint.parent, joint.child):
            if link not in links:
                raise ModelError(f'URDF: joint {joint.name!r} names link {link!r}, which is not there')
        if joint.child in by_child:
            raise ModelError(f'URDF: link {joint.child!r} is the child of two joints')
        by_child[joint.child] = joint
    return by_child


def _parents_first(root: str, by_child: dict[str, TreeJoint]) -> tuple[str, ...]:
    children: dict[str, list[str]] = {}
    for child, joint in by_child.items():
        children.setdefault(joint.parent, []).append(child)
    order = [root]
    for link in order:
        order.extend(children.get(link, []))
    return tuple(order)
