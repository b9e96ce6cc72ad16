# SPDX-License-Identifier: Apache-2.0
"""What a link looks like: the visual shapes of a URDF."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from dataclasses import dataclass

import numpy as np

from humanoid_control.model.errors import ModelError

GREY = (0.6, 0.6, 0.6, 1.0)


@dataclass(frozen=True)
class LinkVisual:
    """One visual shape of a link.

    Attributes:
        kind: `box`, `cylinder`, `sphere` or `mesh`.
        size: box: edges x, y, z; cylinder: radius, length along z; sphere: radius; mesh: scale x, y, z [m].
        origin: transform (4, 4) from the shape to the link.
        colour: red, green, blue, alpha, each 0 to 1.
        file: of a mesh, as the URDF names it; else empty.
    """

    kind: str
    size: tuple[float, ...]
    origin: np.ndarray
    colour: tuple[float, float, float, float]
    file: str = ''


def transform_from_origin(element: xml.Element | None) -> np.ndarray:
    """Transform (4, 4) of a URDF `origin` element (xyz [m], rpy [rad] about fixed axes); identity without one."""
    transform = np.eye(4)
    if element is None:
        return transform
    roll, pitch, yaw = numbers(element, 'rpy', 3, (0.0, 0.0, 0.0))
    (cr, cp, cy), (sr, sp, sy) = np.cos((roll, pitch, yaw)), np.sin((roll, pitch, yaw))
    transform[:3, :3] = [
        [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
        [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
        [-sp, cp * sr, cp * cr],
    ]
    transform[:3, 3] = numbers(element, 'xyz', 3, (0.0, 0.0, 0.0))
    return transform


def numbers(
    element: xml.Element, attribute: str, count: int, default: tuple[float, ...] | None = None
) -> tuple[float, ...]:
    """Numbers in an attribute; ModelError naming it when they are missing, malformed or of another count."""
    text = element.get(attribute)
    if text is None:
        if default is None:
            raise ModelError(f'URDF: <{element.tag}> lacks {attribute!r}')
        return default
    try:
        values = tuple(float(word) for word in text.split())
    except ValueError:
        values = ()
    if len(values) != count or not np.all(np.isfinite(values)):
        raise ModelError(f'URDF: <{element.tag} {attribute}={text!r}>: expected {count} finite numbers')
    return values


def visuals_of(link: xml.Element, materials: dict[str, tuple[float, ...]]) -> tuple[LinkVisual, ...]:
    """Visual shapes of a `link` element.

    Args:
        materials: colours of the robot's named materials.

    Raises ModelError naming a malformed or unknown shape.
    """
    return tuple(_visual(element, link.get('name', ''), materials) for element in link.findall('visual'))


def colour_of(material: xml.Element | None, materials: dict[str, tuple[float, ...]]) -> tuple[float, ...]:
    """Colour of a `material` element: its own, that of the robot's material of this name, or grey."""
    if material is None:
        return GREY
    own = material.find('color')
    if own is not None:
        return numbers(own, 'rgba', 4)
    return materials.get(material.get('name', ''), GREY)


def _visual(element: xml.Element, link: str, materials: dict[str, tuple[float, ...]]) -> LinkVisual:
    geometry = element.find('geometry')
    shape = geometry[0] if geometry is not None and len(geometry) else None
    origin = transform_from_origin(element.find('origin'))
    colour = colour_of(element.find('material'), materials)
    if shape is None:
        raise ModelError(f'URDF: a visual of link {link!r} has no geometry')
    if shape.tag == 'box':
        return LinkVisual('box', numbers(shape, 'size', 3), origin, colour)
    if shape.tag == 'cylinder':
        return LinkVisual('cylinder', (*numbers(shape, 'radius', 1), *numbers(shape, 'length', 1)), origin, colour)
    if shape.tag == 'sphere':
        return LinkVisual('sphere', numbers(shape, 'radius', 1), origin, colour)
    if shape.tag == 'mesh':
        return LinkVisual(
            'mesh', numbers(shape, 'scale', 3, (1.0, 1.0, 1.0)), origin, colour, shape.get('filename', '')
        )
    raise ModelError(f'URDF: link {link!r} has a visual of unknown kind {shape.tag!r}')
