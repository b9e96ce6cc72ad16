# SPDX-License-Identifier: Apache-2.0
"""Edges of a hexagonal nut that lies flat."""

from __future__ import annotations

import numpy as np

from humanoid_control.model.station_configuration import Nut
from humanoid_perception.parts.outline import Outline

_SAMPLES_PER_EDGE = 7
_SAMPLES_BORE = 18
# number of the upper face, after the six sides
_TOP = 6
# a turned nut's corners are cut by a cone of this slope that touches the flats (30 degrees)
_BEVEL = np.tan(np.radians(30.0))


class NutOutline:
    """Outline of a flat nut; parameters (x, y [m], yaw [rad]), yaw being the direction of a flat's normal.

    Edges: the bevelled upper rim, the lower edges of the sides that face the camera, the bore's upper rim. The uprights
    are left out: a few pixels long, blurred at both ends, they turn the fit by a degree.
    """

    def __init__(self, nut: Nut, centre_height: float) -> None:
        """Prepare the samples.

        Args:
            nut: sizes.
            centre_height: z of the nut's centre in the station frame [m].
        """
        self._centre_height = centre_height
        inner, half = 0.5 * nut.across_flats, 0.5 * nut.height
        side = nut.across_flats / np.sqrt(3.0)
        along = side * (np.arange(_SAMPLES_PER_EDGE) + 0.5) / _SAMPLES_PER_EDGE - 0.5 * side
        radius = np.hypot(inner, along)
        points, tangents, faces = [], [], []
        for face in range(6):
            angle = face * np.pi / 3.0
            normal = np.array([np.cos(angle), np.sin(angle), 0.0])
            across = np.array([-np.sin(angle), np.cos(angle), 0.0])
            edge = inner * normal + along[:, None] * across
            points.append(edge + np.column_stack([0 * along, 0 * along, half - (radius - inner) * _BEVEL]))
            slope = -_BEVEL * along / radius  # the cone meets the flat in a hyperbola
            tangents.append(across + slope[:, None] * (0.0, 0.0, 1.0))
            faces.append(np.full(_SAMPLES_PER_EDGE, _TOP))
            points.append(edge - (0.0, 0.0, half))
            tangents.append(np.tile(across, (_SAMPLES_PER_EDGE, 1)))
            faces.append(np.full(_SAMPLES_PER_EDGE, face))
        angle = 2.0 * np.pi * np.arange(_SAMPLES_BORE) / _SAMPLES_BORE
        bore = 0.5 * nut.hole_diameter
        points.append(np.column_stack([bore * np.cos(angle), bore * np.sin(angle), np.full(_SAMPLES_BORE, half)]))
        tangents.append(np.column_stack([-np.sin(angle), np.cos(angle), 0 * angle]))
        faces.append(np.full(_SAMPLES_BORE, _TOP))
        self._points = np.concatenate(points)
        self._tangents = np.concatenate(tangents)
        self._faces = np.concatenate(faces)
        self._inner = inner

    def outline(self, parameters: np.ndarray, camera_position: np.ndarray) -> Outline:
        """Return the visible edges of nuts posed at `parameters` (b, 3); see `OutlineModel`."""
        centre = np.column_stack([parameters[:, :2], np.full(len(parameters), self._centre_height)])
        cosine, sine = np.cos(parameters[:, 2]), np.sin(parameters[:, 2])
        turned = _turn(self._points, cosine, sine)
        derivatives = np.zeros(turned.shape + (3,))
        derivatives[..., 0, 0] = derivatives[..., 1, 1] = 1.0
        derivatives[..., 0, 2] = -turned[..., 1]
        derivatives[..., 1, 2] = turned[..., 0]
        return Outline(
            turned + centre[:, None],
            _turn(self._tangents, cosine, sine),
            derivatives,
            self._visible(parameters, camera_position),
        )

    def _visible(self, parameters: np.ndarray, camera_position: np.ndarray) -> np.ndarray:
        """Return weights (b, s): 1 for edges of the top and of sides turned to the camera, else 0."""
        to_camera = camera_position[:2] - parameters[:, :2]
        angles = parameters[:, 2:] + np.arange(6) * np.pi / 3.0
        facing = to_camera[:, :1] * np.cos(angles) + to_camera[:, 1:] * np.sin(angles) > self._inner
        facing = np.column_stack([facing, np.ones(len(parameters), dtype=bool)])  # the top is always seen
        return facing[:, self._faces].astype(float)


def _turn(vectors: np.ndarray, cosine: np.ndarray, sine: np.ndarray) -> np.ndarray:
    """Return vectors (s, 3) turned about z by b angles, (b, s, 3)."""
    x = np.outer(cosine, vectors[:, 0]) - np.outer(sine, vectors[:, 1])
    y = np.outer(sine, vectors[:, 0]) + np.outer(cosine, vectors[:, 1])
    return np.stack([x, y, np.broadcast_to(vectors[:, 2], x.shape)], axis=-1)
