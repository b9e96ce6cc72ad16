# SPDX-License-Identifier: Apache-2.0
"""Joints of a URDF."""
from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

from .urdf_joint import TYPES, Mimic, UrdfJoint, Vector, from_roll_pitch_yaw


class UrdfError(ValueError):
    """A robot description isn't a URDF; the message names the element."""


def parse_urdf(text: str) -> list[UrdfJoint]:
    """The joints of a URDF.

    Raises UrdfError for malformed XML, a joint without a part it needs, links that don't exist, or no single root.
    """
    try:
        robot = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise UrdfError(f'robot_description is not XML: {error}') from error
    if robot.tag != 'robot':
        raise UrdfError(f'robot_description: expected the root element <robot>, got <{robot.tag}>')
    links = {link.get('name') for link in robot.findall('link')}
    joints = [_parse_joint(element) for element in robot.findall('joint')]
    for joint in joints:
        for link in (joint.parent, joint.child):
            if link not in links:
                raise UrdfError(f"joint '{joint.name}': link '{link}' does not exist")
    children = [joint.child for joint in joints]
    twice = {child for child in children if children.count(child) > 1}
    if twice:
        raise UrdfError(f'links with more than one parent: {", ".join(sorted(twice))}')
    roots = links - set(children)
    if len(roots) != 1:
        raise UrdfError(f'expected one root link, got {len(roots)}: {", ".join(sorted(map(str, roots)))}')
    return joints


def _parse_joint(element: ElementTree.Element) -> UrdfJoint:
    name, kind = element.get('name'), element.get('type')
    if not name:
        raise UrdfError('a joint has no name')
    if kind not in TYPES:
        raise UrdfError(f"joint '{name}': type is {kind!r}, expected one of {', '.join(TYPES)}")
    origin = element.find('origin')
    axis = _vector(name, element.find('axis'), 'xyz', (1.0, 0.0, 0.0))
    length = math.sqrt(sum(part * part for part in axis))
    if length == 0.0:
        raise UrdfError(f"joint '{name}': axis is zero")
    return UrdfJoint(
        name=name, kind=kind, parent=_link(name, element, 'parent'), child=_link(name, element, 'child'),
        translation=_vector(name, origin, 'xyz', (0.0, 0.0, 0.0)),
        rotation=from_roll_pitch_yaw(*_vector(name, origin, 'rpy', (0.0, 0.0, 0.0))),
        axis=tuple(part / length for part in axis), mimic=_mimic(name, element.find('mimic')))


def _link(joint: str, element: ElementTree.Element, tag: str) -> str:
    child = element.find(tag)
    if child is None or not child.get('link'):
        raise UrdfError(f"joint '{joint}': <{tag} link=...> is missing")
    return child.get('link')


def _vector(joint: str, element: ElementTree.Element | None, attribute: str, default: Vector) -> Vector:
    text = None if element is None else element.get(attribute)
    if text is None:
        return default
    try:
        x, y, z = (float(part) for part in text.split())
    except ValueError as error:
        raise UrdfError(f"joint '{joint}': {attribute} is {text!r}, expected three numbers") from error
    return x, y, z


def _mimic(joint: str, element: ElementTree.Element | None) -> Mimic | None:
    if element is None:
        return None
    try:
        return Mimic(element.attrib['joint'], float(element.get('multiplier', 1.0)), float(element.get('offset', 0.0)))
    except (KeyError, ValueError) as error:
        raise UrdfError(f"joint '{joint}': <mimic> needs a joint and numbers, got {element.attrib}") from error
