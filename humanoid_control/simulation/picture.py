# SPDX-License-Identifier: Apache-2.0
"""A picture of the robot at its station, for people."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import mujoco
import numpy as np

from humanoid_control.model.errors import ModelError
from humanoid_control.simulation.camera_renderer import CameraRenderer
from humanoid_control.simulation.offscreen import RenderingError
from humanoid_control.simulation.stand_in import StandIn

VIEWS = {
    # look-at point [m], distance [m], azimuth and elevation [deg]
    'station': ((0.24, 0.02, 0.92), 2.15, 150.0, -24.0),
    'hands': ((0.40, 0.0, 0.95), 0.95, 140.0, -28.0),
    'front': ((0.1, 0.0, 0.88), 2.6, 180.0, -8.0),
}


def render_picture(stand_in: StandIn, view: str = 'station', width: int = 1280, height: int = 960,
                   joints: Mapping[str, float] | None = None) -> np.ndarray:
    """Picture (height, width, 3) uint8 RGB of the state the stand-in is in, with shadows.

    Args:
        joints: angles [rad] of joints that are shown in another position than they are in.

    Raises RenderingError for an unknown view or when there is no OpenGL, ModelError for an unknown joint.
    """
    if view not in VIEWS:
        raise RenderingError(f'view: expected one of {", ".join(VIEWS)}, got {view!r}')
    camera = mujoco.MjvCamera()
    camera.type = mujoco.mjtCamera.mjCAMERA_FREE
    lookat, camera.distance, camera.azimuth, camera.elevation = VIEWS[view]
    camera.lookat[:] = lookat
    world = stand_in.world
    before = world.data.qpos.copy()
    renderer = CameraRenderer(world, width, height, shadows=True, samples=8)
    try:
        for name, value in (joints or {}).items():
            if mujoco.mj_name2id(world.model, mujoco.mjtObj.mjOBJ_JOINT, name) < 0:
                raise ModelError(f'joint {name!r} is not in the world')
            world.data.joint(name).qpos[0] = value
        mujoco.mj_kinematics(world.model, world.data)
        return renderer.render(camera, width, height)[0]
    finally:
        renderer.close()
        world.data.qpos[:] = before
        mujoco.mj_kinematics(world.model, world.data)


def save_picture(path: str | Path, stand_in: StandIn, view: str = 'station', width: int = 1280,
                 height: int = 960, joints: Mapping[str, float] | None = None) -> None:
    """Render and write a PNG; RenderingError names the file when it cannot be written."""
    picture = render_picture(stand_in, view, width, height, joints)
    if not cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)):
        raise RenderingError(f'{path}: the picture cannot be written')
