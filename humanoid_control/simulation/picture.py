# SPDX-License-Identifier: Apache-2.0
"""A picture of the robot at its station, for people."""
from __future__ import annotations

from pathlib import Path

import cv2
import mujoco
import numpy as np

from humanoid_control.simulation.camera_renderer import CameraRenderer
from humanoid_control.simulation.offscreen import RenderingError
from humanoid_control.simulation.stand_in import StandIn

VIEWS = {
    # look-at point [m], distance [m], azimuth and elevation [deg]
    'station': ((0.22, 0.0, 0.86), 2.35, 148.0, -14.0),
    'hands': ((0.40, 0.0, 0.95), 0.95, 140.0, -28.0),
    'front': ((0.1, 0.0, 0.88), 2.6, 180.0, -8.0),
}


def render_picture(stand_in: StandIn, view: str = 'station', width: int = 1280, height: int = 960) -> np.ndarray:
    """Picture (height, width, 3) uint8 RGB of the state the stand-in is in, with shadows.

    Raises RenderingError for an unknown view or when there is no OpenGL.
    """
    if view not in VIEWS:
        raise RenderingError(f'view: expected one of {", ".join(VIEWS)}, got {view!r}')
    camera = mujoco.MjvCamera()
    camera.type = mujoco.mjtCamera.mjCAMERA_FREE
    lookat, camera.distance, camera.azimuth, camera.elevation = VIEWS[view]
    camera.lookat[:] = lookat
    renderer = CameraRenderer(stand_in.world, width, height, shadows=True, samples=8)
    try:
        return renderer.render(camera, width, height)[0]
    finally:
        renderer.close()


def save_picture(path: str | Path, stand_in: StandIn, view: str = 'station', width: int = 1280,
                 height: int = 960) -> None:
    """Render and write a PNG; RenderingError names the file when it cannot be written."""
    picture = render_picture(stand_in, view, width, height)
    if not cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)):
        raise RenderingError(f'{path}: the picture cannot be written')
