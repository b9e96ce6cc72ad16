# SPDX-License-Identifier: Apache-2.0
"""Detections in the browser's scene."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import viser

from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.view.part_sighting import PartSighting
from humanoid_control.view.rotation import quaternion

NUT_COLOUR = (240, 150, 40)
SEATED_COLOUR = (60, 180, 90)
PIN_COLOUR = (60, 130, 240)
NUT_COLOURS = {'nut': NUT_COLOUR, 'seated_nut': SEATED_COLOUR}
PIN_THICKNESS = 0.7  # of the nut's hole
HEXAGON = np.pi / 3 * np.arange(6) + np.pi / 6


class PartsScene:
    """Nuts as hexagons, pins as rods, each with its name and score; the station as a frame."""

    def __init__(self, scene: viser.SceneApi, station: StationConfiguration):
        self._scene = scene
        self._station = station
        self._drawn: dict[str, tuple[viser.SceneNodeHandle, viser.LabelHandle]] = {}

    def show(self, parts: Iterable[PartSighting]) -> None:
        """Draw these detections and take away all others."""
        seen = {part.name: part for part in parts if np.all(np.isfinite(part.pose))}
        for name in self._drawn.keys() - seen.keys():
            for handle in self._drawn.pop(name):
                handle.remove()
        for name, part in seen.items():
            if name not in self._drawn:
                self._drawn[name] = self._add(part)
            body, label = self._drawn[name]
            body.position = label.position = part.pose[:3, 3]
            body.wxyz = quaternion(part.pose[:3, :3])
            label.text = f'{name} {part.score:.2f}'

    def _add(self, part: PartSighting) -> tuple[viser.SceneNodeHandle, viser.LabelHandle]:
        path = f'/parts/{part.name}'
        label = self._scene.add_label(f'{path}_label', part.name, font_screen_scale=0.55)
        nut = self._station.nut
        if part.kind in NUT_COLOURS:
            vertices, faces = hexagonal_prism(nut.across_flats, nut.height)
            body = self._scene.add_mesh_simple(
                path, vertices, faces, color=NUT_COLOURS[part.kind], flat_shading=True, opacity=0.8
            )
        elif part.kind == 'pin':
            body = self._scene.add_frame(path, axes_length=0.03, axes_radius=0.0015, origin_radius=0.003)
            height = self._station.fixture.pin_height
            self._scene.add_cylinder(
                f'{path}/rod',
                radius=PIN_THICKNESS * nut.hole_diameter / 2,
                height=height,
                position=(0.0, 0.0, height / 2),
                color=PIN_COLOUR,
                opacity=0.7,
            )
        else:
            body = self._scene.add_frame(path, axes_length=0.06, axes_radius=0.002)
        return body, label


def hexagonal_prism(across_flats: float, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (14, 3) [m] and faces (24, 3) of a prism about the origin, the normal of one flat along x."""
    radius = across_flats / np.sqrt(3)
    ring = np.stack([radius * np.cos(HEXAGON), radius * np.sin(HEXAGON)], axis=1)
    vertices = np.zeros((14, 3))
    vertices[:6, :2] = vertices[6:12, :2] = ring
    vertices[:6, 2], vertices[12, 2] = -height / 2, -height / 2
    vertices[6:12, 2], vertices[13, 2] = height / 2, height / 2
    i = np.arange(6)
    j = (i + 1) % 6
    sides = np.concatenate([np.stack([i, j, i + 6], 1), np.stack([j, j + 6, i + 6], 1)])
    ends = np.concatenate([np.stack([j, i, np.full(6, 12)], 1), np.stack([i + 6, j + 6, np.full(6, 13)], 1)])
    return vertices, np.concatenate([sides, ends])
