# SPDX-License-Identifier: Apache-2.0
"""Randomised pictures of the nut station through the head camera of the standing robot, with the truth beside them."""
from __future__ import annotations

import os

os.environ.setdefault('MUJOCO_GL', 'egl')  # read when mujoco is imported

from dataclasses import dataclass

import cv2
import mujoco
import numpy as np
import pinocchio as pin

from humanoid_control.model.robot_model import RobotModel
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.simulation.configuration import SimulatorConfiguration
from humanoid_control.simulation.nut_line import NutLine
from humanoid_control.simulation.world import World
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.camera_pose_chain import CameraPoseChain
from humanoid_perception.rgbd_frame import RgbdFrame

# errors of an RGB-D camera: colour [grey levels], blur [px], depth [1/m], steps of depth [m]
_COLOUR_NOISE, _BLUR, _DEPTH_NOISE, _DEPTH_STEP = 5.0, 0.8, 0.002, 0.001
_DEPTH_JUMP = 0.01       # [m] between neighbours at which depth drops out
_JOINT_NOISE = 2e-4      # [rad]


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
        """Build the world once; `noise` scales all errors of the camera."""
        self.robot = RobotModel.default()
        self.station = StationConfiguration.load()
        settings = SimulatorConfiguration.load(options={'seed': seed}).world
        self.world = World(self.robot.urdf, self.robot.configuration, self.station, settings)
        self.line = NutLine(self.world)
        self._description = self.robot.configuration.cameras[camera]
        self._camera_name = camera
        self.camera = _ideal_camera(self._description, camera)
        self._renderer = mujoco.Renderer(self.world.model, self._description.height, self._description.width)
        self._random = np.random.default_rng((seed, 77))
        self._noise = noise
        self._chain = CameraPoseChain(self.robot)
        self._joints = np.zeros(len(self.robot.joint_names))
        self._base = pin.SE3.Identity()

    def close(self) -> None:
        """Give the renderer back."""
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

    def pose_robot(self, base: pin.SE3, joints: np.ndarray) -> None:
        """Put the robot somewhere: base in `odom`, joints [rad] in the model's order."""
        self._base, self._joints = base, joints
        data, model = self.world.data, self.world.model
        quaternion = pin.SE3ToXYZQUAT(base)[3:]
        data.qpos[self.world.root_qpos:self.world.root_qpos + 7] = [*base.translation, quaternion[3], *quaternion[:3]]
        for name, value in zip(self.robot.joint_names, joints):
            data.qpos[model.joint(name).qposadr[0]] = value

    def truth(self) -> SceneTruth:
        """Return what is where."""
        mujoco.mj_forward(self.world.model, self.world.data)
        frame = self._description.optical_frame
        return SceneTruth(_se3(self.world.station_to_world), {n: _se3(p) for n, p in self.line.nut_poses().items()},
                          {s: _se3(p) for s, p in self.line.pin_poses().items()},
                          self._chain.pose_at(frame, self._base, self._joints))

    def images(self) -> tuple[np.ndarray, np.ndarray]:
        """Return colour (h, w, 3) uint8 and depth (h, w) float32 [m] of the present state, with the camera's errors."""
        mujoco.mj_forward(self.world.model, self.world.data)
        renderer = self._renderer
        renderer.update_scene(self.world.data, self._camera_name)
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        colour = renderer.render().copy()
        renderer.enable_depth_rendering()
        depth = renderer.render().astype(np.float32)
        renderer.disable_depth_rendering()
        return self._spoil_colour(colour), self._spoil_depth(depth)

    def frame(self, stamp: float = 0.0) -> RgbdFrame:
        """Return the present picture with the camera's pose as noisy encoders tell it."""
        joints = self._joints + self._noise * _JOINT_NOISE * self._random.standard_normal(len(self._joints))
        pose = self._chain.pose_at(self._description.optical_frame, self._base, joints)
        return RgbdFrame(*self.images(), self.camera, pose, stamp)

    def _gaze(self, joints: dict[str, float], target: np.ndarray) -> np.ndarray:
        """Return joint positions with the head turned until the camera looks at `target` (3,) [m]."""
        head = self.robot.configuration.head
        for _ in range(6):
            values = np.array([joints[n] for n in self.robot.joint_names])
            local = self._chain.pose_at(self._description.optical_frame, self._base, values).actInv(target)
            joints[head[0]] -= float(np.arctan2(local[0], local[2]))
            joints[head[1]] += float(np.arctan2(local[1], local[2]))
        low, high = dict(zip(self.robot.joint_names, self.robot.lower)), dict(zip(self.robot.joint_names, self.robot.upper))
        return np.clip([joints[n] for n in self.robot.joint_names], list(low.values()), list(high.values()))

    def _spoil_colour(self, colour: np.ndarray) -> np.ndarray:
        blurred = cv2.GaussianBlur(colour.astype(np.float32), (0, 0), _BLUR)
        noise = self._noise * _COLOUR_NOISE * self._random.standard_normal(colour.shape, dtype=np.float32)
        return np.clip(np.rint(blurred + noise), 0, 255).astype(np.uint8)

    def _spoil_depth(self, depth: np.ndarray) -> np.ndarray:
        spread = self._noise * _DEPTH_NOISE * depth**2
        noisy = depth + spread * self._random.standard_normal(depth.shape, dtype=np.float32)
        if self._noise > 0:
            noisy = (np.rint(noisy / _DEPTH_STEP) * _DEPTH_STEP).astype(np.float32)
            jump = cv2.morphologyEx(depth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _DEPTH_JUMP
            noisy[jump & (self._random.random(depth.shape) < 0.5)] = np.nan
        noisy[depth > 5.0] = np.nan
        return noisy


def _ideal_camera(description, name: str) -> CameraModel:
    focal = 0.5 * description.height / np.tan(0.5 * description.vertical_fov)
    matrix = np.array([[focal, 0.0, 0.5 * (description.width - 1)], [0.0, focal, 0.5 * (description.height - 1)], [0.0, 0.0, 1.0]])
    return CameraModel(description.width, description.height, matrix, (), name)


def _se3(matrix: np.ndarray) -> pin.SE3:
    return pin.SE3(matrix[:3, :3], matrix[:3, 3])
