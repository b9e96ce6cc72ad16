# SPDX-License-Identifier: Apache-2.0
"""The robot's cameras: when each looks, what it sees, and its calibration."""
from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import mujoco
import numpy as np

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_configuration import Camera
from humanoid_control.simulation.camera_configuration import CalibrationSettings, CameraConfiguration
from humanoid_control.simulation.camera_renderer import CameraRenderer
from humanoid_control.simulation.image_errors import ImageErrors
from humanoid_control.simulation.world import World

_CAMERA_STREAM = 3
_TIME_SLACK = 1e-4       # [s] rounding of stamps
_PIXEL = 1e-6            # [m]


@dataclass(frozen=True)
class View:
    """One look: colour (h, w, 3) uint8 and depth (h, w) float32 [m] with NaN for nothing, or None."""

    camera: str
    colour: np.ndarray
    depth: np.ndarray | None


def intrinsics(camera: Camera) -> tuple[float, float, float]:
    """Focal length and principal point (f, cx, cy) [px]; pixel centres have whole coordinates."""
    focal = camera.height / 2 / math.tan(camera.vertical_fov / 2)
    return focal, (camera.width - 1) / 2, (camera.height - 1) / 2


class SimulatedCameras:
    """Draws what the cameras of a world see of a snapshot, with a real camera's errors.

    Attributes:
        cameras: description of each camera by name.
        covered: whether a cap is on the lenses: black pictures without depth.
    """

    def __init__(self, world: World, configuration: CameraConfiguration, noise: float):
        """Take over a world that serves these cameras alone; its cameras get the errors of their calibration.

        Raises ConfigurationError when a rate names a camera that the robot lacks, RenderingError without OpenGL.
        """
        self.world, self.cameras = world, world.robot.cameras
        self.covered = False
        for name in configuration.rates:
            if name not in self.cameras:
                raise ConfigurationError(f'rates: robot {world.robot.name!r} has no camera {name!r}, only {", ".join(self.cameras)}')
        self._period = {name: 1 / configuration.rates[name] for name in self.cameras if name in configuration.rates}
        self._last: dict[str, float] = {}
        random = np.random.default_rng((world.settings.seed, _CAMERA_STREAM))
        for name in self.cameras:
            self._misalign(name, configuration.calibration, noise, random)
        self._errors = ImageErrors(configuration.colour, configuration.depth, noise, random)
        # a frame buffer of its own size for each size of picture: clearing and resolving a large one costs most
        sizes = {(camera.width, camera.height) for camera in self.cameras.values()}
        self._renderers = {size: CameraRenderer(world, *size, samples=configuration.samples) for size in sorted(sizes)}

    def due(self, time: float) -> list[str]:
        """Cameras whose period has passed at the simulated `time` [s]."""
        return [name for name, period in self._period.items()
                if not 0 <= time - self._last.get(name, -math.inf) < period - _TIME_SLACK]

    def look(self, snapshot: np.ndarray, names: Iterable[str]) -> list[View]:
        """Views of the named cameras in the state of a snapshot (World.snapshot).

        Raises ModelError when the snapshot is of another world.
        """
        self.world.restore_snapshot(snapshot)
        return [self._view(name, float(snapshot[0])) for name in names]

    def _view(self, name: str, time: float) -> View:
        camera = self.cameras[name]
        self._last[name] = time
        if self.covered:
            depth = np.full((camera.height, camera.width), np.nan, np.float32) if camera.depth else None
            return View(name, np.zeros((camera.height, camera.width, 3), np.uint8), depth)
        renderer = self._renderers[camera.width, camera.height]
        colour, depth = renderer.render(name, camera.width, camera.height, camera.depth)
        return View(name, self._errors.spoil_colour(colour), None if depth is None else self._errors.spoil_depth(depth))

    def _misalign(self, name: str, calibration: CalibrationSettings, noise: float, random: np.random.Generator) -> None:
        """Let the camera differ a little from its description, as a calibrated one does."""
        model, camera = self.world.model, self.cameras[name]
        number = model.camera(name).id
        focal_error, *errors = noise * random.standard_normal(6)
        focal, _, _ = intrinsics(camera)
        focal *= 1 + calibration.focal * focal_error
        centre = calibration.centre * np.array(errors[:2])
        # MuJoCo wants lengths on the sensor: pixels of a micrometre serve
        model.cam_sensorsize[number] = _PIXEL * np.array((camera.width, camera.height))
        model.cam_intrinsic[number] = _PIXEL * np.array((focal, focal, *centre))
        turn, turned = np.zeros(4), np.zeros(4)
        vector = calibration.angle * np.array(errors[2:])
        angle = float(np.linalg.norm(vector))
        mujoco.mju_axisAngle2Quat(turn, vector / angle if angle else np.array((0.0, 0.0, 1.0)), angle)
        mujoco.mju_mulQuat(turned, model.cam_quat[number], turn)
        model.cam_quat[number] = turned

    def close(self) -> None:
        """Give OpenGL's memory back."""
        for renderer in self._renderers.values():
            renderer.close()
