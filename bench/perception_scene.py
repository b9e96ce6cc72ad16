# SPDX-License-Identifier: Apache-2.0
"""Randomised pictures of the nut station through the head camera of the standing robot, with the truth beside them."""

from __future__ import annotations

import os

os.environ.setdefault('MUJOCO_GL', 'egl')  # read when mujoco is imported

from dataclasses import dataclass, replace

import mujoco
import numpy as np
import pinocchio as pin

from humanoid_control.model.robot_model import RobotModel
from humanoid_control.model.site_layout import SiteLayout
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.simulation.camera_configuration import CameraConfiguration
from humanoid_control.simulation.camera_renderer import CameraRenderer
from humanoid_control.simulation.configuration import SimulatorConfiguration
from humanoid_control.simulation.image_errors import ImageErrors
from humanoid_control.simulation.nut_line import NutLine
from humanoid_control.simulation.simulated_cameras import intrinsics
from humanoid_control.simulation.world import World
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.camera_pose_chain import CameraPoseChain
from humanoid_perception.rgbd_frame import RgbdFrame

# colour errors of a cheap camera, above those of config/camera.yaml: [grey levels], [px]
_COLOUR_NOISE, _BLUR = 5.0, 0.8
_JOINT_NOISE = 2e-4  # [rad]


@dataclass(frozen=True)
class SceneTruth:
    """True poses in `odom`: station, nuts by name, pins (seat plane) by side, and the camera's as it really is."""

    station: pin.SE3
    nuts: dict[str, pin.SE3]
    pins: dict[str, pin.SE3]
    camera: pin.SE3


class StationScene:
    """The robot at the nut station, looking; every picture with its own places, posture and noise."""

    def __init__(self, seed: int = 0, noise: float = 1.0, camera: str = 'head_camera') -> None:
        """Build the world once; `noise` scales the errors of camera, calibration and encoders."""
        self.robot = RobotModel.default()
        self.station = StationConfiguration.load()
        settings = SimulatorConfiguration.load(options={'seed': seed}).world
        self.world = World(self.robot.urdf, self.robot.configuration, SiteLayout.of_station(self.station), settings)
        self.line = NutLine(self.world)
        self.optical_frame = self.robot.configuration.cameras[camera].optical_frame
        self._description = self.robot.configuration.cameras[camera]
        self._camera_name = camera
        self._random = np.random.default_rng((seed, 77))
        self._noise = noise
        errors = CameraConfiguration.load()
        self._calibration = errors.calibration
        self._mount_error = pin.SE3.Identity()
        self._errors = ImageErrors(
            replace(errors.colour, noise=_COLOUR_NOISE, blur=_BLUR), errors.depth, noise, self._random
        )
        self._renderer = CameraRenderer(self.world, self._description.width, self._description.height)
        self._chain = CameraPoseChain(self.robot)
        self._joints = np.zeros(len(self.robot.joint_names))
        self._base = pin.SE3.Identity()
        self.camera = self._calibrated()

    def close(self) -> None:
        """Give OpenGL's memory back."""
        self._renderer.close()

    def arrange(self, cycle: int) -> None:
        """Draw places of casting, nuts and robot, and a posture that looks at the station."""
        random, robot = self._random, self.robot
        self.line.place(cycle)
        posture = robot.stand_posture()
        joints = dict(zip(robot.joint_names, posture[7:]))
        joints['waist_pitch'] = 0.12
        offset = random.uniform(-1, 1, 4) * (0.02, 0.02, 0.035, 0.01)
        turn = pin.rpy.rpyToMatrix(random.uniform(-0.01, 0.01), random.uniform(-0.01, 0.01), offset[2])
        self._base = pin.SE3(turn, posture[:3] + (offset[0], offset[1], offset[3]))
        target = np.array([0.44, 0.0, 0.90]) + random.uniform(-0.015, 0.015, 3)
        self._joints = self._gaze(joints, target)
        self.pose_robot(self._base, self._joints)
        self.camera = self._calibrated()

    def pose_robot(self, base: pin.SE3, joints: np.ndarray) -> None:
        """Put the robot somewhere: base in `odom`, joints [rad] in the model's order."""
        self._base, self._joints = base, joints
        data, model = self.world.data, self.world.model
        quaternion = pin.SE3ToXYZQUAT(base)[3:]
        data.qpos[self.world.root_qpos : self.world.root_qpos + 7] = [*base.translation, quaternion[3], *quaternion[:3]]
        for name, value in zip(self.robot.joint_names, joints):
            data.qpos[model.joint(name).qposadr[0]] = value

    def truth(self) -> SceneTruth:
        """Return what is where."""
        mujoco.mj_forward(self.world.model, self.world.data)
        return SceneTruth(
            _se3(self.world.feeder.to_world),
            {n: _se3(p) for n, p in self.line.nut_poses().items()},
            {s: _se3(p) for s, p in self.line.pin_poses().items()},
            self._chain.pose_at(self.optical_frame, self._base, self._joints),
        )

    def images(self) -> tuple[np.ndarray, np.ndarray]:
        """Return colour (h, w, 3) uint8 and depth (h, w) float32 [m] of the present state, with the camera's errors."""
        mujoco.mj_forward(self.world.model, self.world.data)
        colour, depth = self._renderer.render(
            self._camera_name, self._description.width, self._description.height, True
        )
        return self._errors.spoil_colour(colour), self._errors.spoil_depth(depth)

    def measured_camera_pose(self) -> pin.SE3:
        """Return the SE3 of the optical frame in `odom` as noisy encoders tell it."""
        joints = self._joints + self._noise * _JOINT_NOISE * self._random.standard_normal(len(self._joints))
        return self._chain.pose_at(self.optical_frame, self._base, joints) * self._mount_error

    def frame(self, stamp: float = 0.0) -> RgbdFrame:
        """Return the present picture with the camera's measured pose."""
        return RgbdFrame(*self.images(), self.camera, self.measured_camera_pose(), stamp)

    def _calibrated(self) -> CameraModel:
        """Return intrinsics as wrong as a calibration is, and draw the error of the camera's mount."""
        focal, cx, cy = intrinsics(self._description)
        error = self._noise * self._random.standard_normal(6)
        turn = pin.exp3(self._calibration.angle * error[3:])
        self._mount_error = pin.SE3(turn, np.zeros(3))
        focal *= 1.0 + self._calibration.focal * error[0]
        matrix = np.array(
            [
                [focal, 0.0, cx + self._calibration.centre * error[1]],
                [0.0, focal, cy + self._calibration.centre * error[2]],
                [0.0, 0.0, 1.0],
            ]
        )
        return CameraModel(self._description.width, self._description.height, matrix, (), self._camera_name)

    def _gaze(self, joints: dict[str, float], target: np.ndarray) -> np.ndarray:
        """Return joint positions with the head turned until the camera looks at `target` (3,) [m]."""
        head = self.robot.configuration.head
        for _ in range(6):
            values = np.array([joints[n] for n in self.robot.joint_names])
            local = self._chain.pose_at(self.optical_frame, self._base, values).actInv(target)
            joints[head[0]] -= float(np.arctan2(local[0], local[2]))
            joints[head[1]] += float(np.arctan2(local[1], local[2]))
        return np.clip([joints[n] for n in self.robot.joint_names], self.robot.lower, self.robot.upper)


def _se3(matrix: np.ndarray) -> pin.SE3:
    return pin.SE3(matrix[:3, :3], matrix[:3, 3])
