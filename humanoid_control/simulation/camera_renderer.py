# SPDX-License-Identifier: Apache-2.0
"""Pictures and depth from the cameras of a world, free of noise."""
from __future__ import annotations

import mujoco
import numpy as np

from humanoid_control.simulation.contact import HIDDEN_GROUP
from humanoid_control.simulation.offscreen import RenderingError, create_context
from humanoid_control.simulation.world import World

MAX_GEOMS = 2000
SHADOW_SIZE = 8192      # [px] of the shadow map


class CameraRenderer:
    """Draws the state that a world is in.

    Belongs to the thread that made it. The state must have been passed forward (World.restore_snapshot does,
    mj_forward does too).
    """

    def __init__(self, world: World, width: int, height: int, *, shadows: bool = False, samples: int = 4):
        """
        Args:
            width, height: largest picture [px].
            shadows: draw shadows and reflections, for people; sensors do without, as shadows cost most of the time.
            samples: samples a pixel against jagged edges; 0 for none.

        Raises RenderingError that says what to install.
        """
        self.world = world
        model = world.model
        # read when the context is made; the model is this renderer's own world's
        model.vis.global_.offwidth, model.vis.global_.offheight = width, height
        model.vis.quality.offsamples = samples
        model.vis.quality.shadowsize = SHADOW_SIZE if shadows else 0
        self._gl = create_context(width, height)
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
        self._context.readDepthMap = mujoco.mjtDepthMap.mjDEPTH_ZEROFAR
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self._scene = mujoco.MjvScene(model, MAX_GEOMS)
        self._option = mujoco.MjvOption()
        self._option.geomgroup[HIDDEN_GROUP] = 0
        self._option.sitegroup[:] = 0
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            self._scene.flags[flag] = shadows
        self._camera = mujoco.MjvCamera()
        self._size = width, height

    def render(self, camera: str | mujoco.MjvCamera, width: int, height: int,
               with_depth: bool = False) -> tuple[np.ndarray, np.ndarray | None]:
        """Draw one view.

        Args:
            camera: name of a camera of the robot, or a free one.
            width, height: size of the picture [px].

        Returns:
            Colours (height, width, 3) uint8, and depth (height, width) float32 [m] along the optical axis
            or None.

        Raises RenderingError for an unknown camera or a picture that is too large.
        """
        if width > self._size[0] or height > self._size[1]:
            raise RenderingError(f'picture of {width} x {height} is larger than the frame buffer, {self._size}')
        model, data = self.world.model, self.world.data
        if isinstance(camera, str):
            number = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, camera)
            if number < 0:
                raise RenderingError(f'camera {camera!r} is not in the world; there are '
                                     f'{", ".join(model.camera(i).name for i in range(model.ncam))}')
            camera = self._camera
            camera.type, camera.fixedcamid = mujoco.mjtCamera.mjCAMERA_FIXED, number
        self._gl.make_current()
        mujoco.mjv_updateScene(model, data, self._option, None, camera, mujoco.mjtCatBit.mjCAT_ALL, self._scene)
        view = mujoco.MjrRect(0, 0, width, height)
        mujoco.mjr_render(view, self._scene, self._context)
        colour = np.empty((height, width, 3), np.uint8)
        buffer = np.empty((height, width), np.float32) if with_depth else None
        mujoco.mjr_readPixels(colour, buffer, view, self._context)
        # OpenGL's first row is the lowest
        return np.ascontiguousarray(colour[::-1]), None if buffer is None else self._metric(buffer[::-1])

    def _metric(self, buffer: np.ndarray) -> np.ndarray:
        """Depth [m] from the depth buffer d with 1 near and 0 far: 1/z = (1 - d)/far + d/near."""
        model = self.world.model
        near = model.vis.map.znear * model.stat.extent
        far = model.vis.map.zfar * model.stat.extent
        inverse = buffer * np.float32(1 / near - 1 / far)
        inverse += np.float32(1 / far)
        return np.reciprocal(inverse)

    def close(self) -> None:
        """Give OpenGL's memory back."""
        if self._context is not None:
            self._gl.make_current()
            self._context.free()
            self._gl.free()
            self._context = None
