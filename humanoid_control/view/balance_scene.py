# SPDX-License-Identifier: Apache-2.0
"""Support polygon, pressure and divergent motion in the browser's scene."""

from __future__ import annotations

import numpy as np
import viser

from humanoid_control.safety.balance_figures import Balance

LIFT = 0.004  # [m] over the floor, so that nothing is hidden in it
POLYGON_COLOUR = (40, 170, 90)
PRESSURE_COLOUR = (230, 60, 50)
DCM_COLOUR = (60, 130, 240)
MASS_COLOUR = (250, 190, 40)


class BalanceScene:
    """The polygon's edge as lines, the points in it as balls."""

    def __init__(self, scene: viser.SceneApi):
        self._scene = scene
        self._polygon: viser.LineSegmentsHandle | None = None
        self._corners = np.zeros((0, 3))
        self._pressure = scene.add_icosphere(
            '/balance/centre_of_pressure', radius=0.014, color=PRESSURE_COLOUR, visible=False
        )
        self._dcm = scene.add_icosphere('/balance/dcm', radius=0.011, color=DCM_COLOUR, visible=False)
        self._mass = scene.add_icosphere(
            '/balance/centre_of_mass', radius=0.016, color=MASS_COLOUR, opacity=0.6, visible=False
        )

    def show(self, balance: Balance | None) -> None:
        """Draw these figures; None hides all."""
        self._place(self._pressure, None if balance is None else balance.centre_of_pressure)
        self._place(self._dcm, None if balance is None else balance.dcm)
        self._place(self._mass, None if balance is None else balance.centre_of_mass)
        self._draw_polygon(np.zeros((0, 3)) if balance is None else balance.support)

    @staticmethod
    def _place(ball: viser.IcosphereHandle, point: np.ndarray | None) -> None:
        visible = point is not None and bool(np.all(np.isfinite(point)))
        if visible:
            ball.position = point + (0.0, 0.0, LIFT)
        if ball.visible != visible:
            ball.visible = visible

    def _draw_polygon(self, corners: np.ndarray) -> None:
        if corners.shape == self._corners.shape and np.allclose(corners, self._corners, atol=1e-3):
            return
        self._corners = corners
        if self._polygon is not None:
            self._polygon.remove()
            self._polygon = None
        if len(corners) and np.all(np.isfinite(corners)):
            raised = corners + (0.0, 0.0, LIFT)
            edges = np.stack([raised, np.roll(raised, -1, axis=0)], axis=1)
            self._polygon = self._scene.add_line_segments(
                '/balance/support_polygon', edges.astype(np.float32), POLYGON_COLOUR, thickness=0.006
            )
