# SPDX-License-Identifier: Apache-2.0
"""Obstacles in drawn depth images: a camera 1.6 m over a floor with boxes on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.model.configuration import load
from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.walking.floor_distance import apart_from_known, clearance
from humanoid_control.walking.floor_map import FloorMap, FloorMapDescription
from humanoid_control.walking.footstep_planner import FootstepPlanner
from humanoid_control.walking.pose2 import Pose2
from humanoid_control.walking.walking_settings import WalkingSettings
from humanoid_perception.camera_model import CameraModel
from humanoid_perception.camera_pose_chain import CameraPoseChain
from humanoid_perception.errors import DepthError
from humanoid_perception.nodes.configurations import ObstacleDetectorConfiguration
from humanoid_perception.obstacles.obstacle_grid import FREE, OCCUPIED, UNKNOWN, ObstacleGrid
from humanoid_perception.obstacles.skeleton import Skeleton

FILE = share_path('config', 'obstacle_detector.yaml')
CELL = 0.05
NO_BONES = np.zeros((0, 2, 3))
BOX = ((1.5, -0.2, 0.0), (1.8, 0.2, 0.5))  # opposite corners [m] in odom
TABLE = ((1.3, -0.4, 0.75), (1.9, 0.4, 0.80))  # a board without legs
NOISE = 0.002  # [1/m] of z^2, as config/camera.yaml


class Rig:
    """A robot at a place that looks ahead and down, and the grid that it fills."""

    def __init__(self, camera: CameraModel, settings) -> None:
        self.camera, self.grid = camera, ObstacleGrid(settings)
        self.place, self.pitch, self.floor, self.stamp = np.zeros(2), 0.6, 0.0, 0.0
        columns, rows = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
        self._rays = camera.rays(np.stack([columns, rows], axis=-1))
        self._random = np.random.default_rng(5)

    @property
    def camera_pose(self) -> pin.SE3:
        ahead = np.array([np.cos(self.pitch), 0.0, -np.sin(self.pitch)])
        right = np.array([0.0, -1.0, 0.0])
        rotation = np.stack([right, np.cross(ahead, right), ahead], axis=1)
        return pin.SE3(rotation, np.array([*self.place, self.floor + 1.6]))

    def picture(self, *boxes: tuple, noise: float = NOISE) -> np.ndarray:
        """Depth image (h, w) float32 [m] of the floor with boxes on it."""
        pose = self.camera_pose
        directions, eye = self._rays @ pose.rotation.T, pose.translation
        with np.errstate(divide='ignore'):
            depth = np.where(directions[..., 2] < 0, (self.floor - eye[2]) / directions[..., 2], np.inf)
            for low, high in boxes:
                sides = np.stack([(np.array(low) - eye) / directions, (np.array(high) - eye) / directions])
                enter, leave = sides.min(axis=0).max(axis=-1), sides.max(axis=0).min(axis=-1)
                depth = np.where((enter < leave) & (enter > 0), np.minimum(depth, enter), depth)
        depth[depth > 6.0] = np.nan
        return (depth + noise * depth**2 * self._random.standard_normal(depth.shape)).astype(np.float32)

    def look(self, *boxes: tuple, images: int = 2, noise: float = NOISE, bones: np.ndarray = NO_BONES) -> np.ndarray:
        """Take in pictures of this scene; middles (n, 2) [m] of the occupied cells."""
        for _ in range(images):
            self.stamp += 0.7
            depth = self.picture(*boxes, noise=noise)
            self.grid.update(depth, self.camera, self.camera_pose, self.place, self.floor, bones, self.stamp)
        return self.grid.occupied()


@pytest.fixture
def settings():
    return load(ObstacleDetectorConfiguration, FILE).grid


@pytest.fixture
def rig(camera: CameraModel, settings) -> Rig:
    return Rig(camera, settings)


def outside(cells: np.ndarray, box: tuple) -> float:
    """How far [m] the farthest cell is off a box over the floor."""
    low, high = np.array(box)[:, :2]
    return float(np.linalg.norm(np.maximum(np.maximum(low - cells, cells - high), 0.0), axis=1).max())


def uncovered(cells: np.ndarray, points: np.ndarray) -> float:
    """How far [m] the farthest of the points is from its nearest cell."""
    return float(np.linalg.norm(points[:, None] - cells, axis=2).min(axis=1).max())


@pytest.mark.parametrize('floor', [0.0, 0.3])
def test_a_box_is_found_within_a_cell(rig: Rig, floor: float) -> None:
    rig.floor = floor
    box = tuple((x, y, z + floor) for x, y, z in BOX)
    cells = rig.look(box)
    assert outside(cells, box) < CELL
    front = np.stack([np.full(30, 1.5), np.linspace(-0.2, 0.2, 30)], axis=1)
    assert uncovered(cells, front) < CELL


@pytest.mark.parametrize('noise', [0.0, NOISE, 2 * NOISE])
@pytest.mark.parametrize('pitch', [0.3, 0.6, 1.0])
def test_an_empty_floor_gives_nothing(rig: Rig, noise: float, pitch: float) -> None:
    rig.pitch = pitch
    assert len(rig.look(images=4, noise=noise)) == 0


def test_a_tilt_that_was_not_measured_is_no_obstacle(rig: Rig) -> None:
    rig.pitch = 0.5
    depth = rig.picture()
    rig.pitch = 0.5 - np.radians(1.0)
    for stamp in (1.0, 2.0, 3.0):
        rig.grid.update(depth, rig.camera, rig.camera_pose, rig.place, 0.0, NO_BONES, stamp)
    assert len(rig.grid.occupied()) == 0


def test_what_is_too_low_or_hangs_too_high_is_no_obstacle(rig: Rig) -> None:
    for pitch, bottom, top in ((0.0, 2.0, 2.1), (0.5, 0.0, 0.05)):
        rig.pitch = pitch
        slab = ((1.4, -0.5, bottom), (2.2, 0.5, top))
        assert np.nanmax(np.abs(rig.picture(slab) - rig.picture())) > 0.04  # it is in view
        assert len(rig.look(slab)) == 0


def test_one_image_is_not_enough(rig: Rig) -> None:
    assert len(rig.look(BOX, images=1)) == 0
    assert len(rig.look(BOX, images=1)) > 0


def test_a_box_that_is_taken_away_is_cleared_at_once(rig: Rig) -> None:
    assert len(rig.look(BOX)) > 0
    assert len(rig.look(images=1)) == 0


def test_a_table_stays_while_only_the_floor_below_it_is_in_view(rig: Rig) -> None:
    before = rig.look(TABLE)
    rig.pitch = 1.4  # straight down: the table is above the picture
    assert len(rig.look(images=3)) == len(before) > 0


def test_a_few_stray_points_are_no_obstacle(rig: Rig) -> None:
    speck = ((1.5, -0.01, 0.30), (1.51, 0.01, 0.33))
    assert np.nanmax(np.abs(rig.picture(speck) - rig.picture())) > 0.2  # it is in view
    assert len(rig.look(speck, images=4)) == 0


def test_a_cell_stays_when_only_the_upper_part_of_what_stands_there_is_gone(rig: Rig) -> None:
    lower = (BOX[0], (*BOX[1][:2], 0.2))
    front = np.stack([np.full(30, 1.5), np.linspace(-0.2, 0.2, 30)], axis=1)
    rig.look(BOX)
    assert uncovered(rig.look(lower, images=1), front) < CELL


def test_what_is_hidden_stays(rig: Rig) -> None:
    before = rig.look(BOX)
    board = ((0.6, -0.6, 0.9), (0.62, 0.6, 1.5))  # held up between camera and box
    after = rig.look(board)
    assert {tuple(cell) for cell in before.round(3)} <= {tuple(cell) for cell in after.round(3)}


def test_a_box_at_the_feet_is_remembered_and_forgotten_in_time(rig: Rig, settings) -> None:
    count = len(rig.look(BOX))
    rig.place, rig.pitch = np.array([1.0, 0.0]), 0.0
    assert len(rig.look(images=3)) == count
    assert settings.forget_after > WalkingSettings.load_file().goal.patience
    rig.stamp += settings.forget_after
    assert len(rig.look(images=1)) == 0


def test_what_the_robot_has_left_behind_is_dropped(rig: Rig) -> None:
    assert len(rig.look(BOX)) > 0
    rig.place, rig.pitch = np.array([5.0, 0.0]), 0.3
    assert len(rig.look(images=1)) == 0


def test_a_clock_that_is_set_back_forgets_all(rig: Rig) -> None:
    assert len(rig.look(BOX)) > 0
    rig.stamp = -100.0
    assert len(rig.look(BOX, images=1)) == 0


def test_a_covered_camera_is_told(rig: Rig) -> None:
    with pytest.raises(DepthError, match='depth pixels have a return'):
        rig.grid.update(np.full((480, 640), np.nan, np.float32), rig.camera, rig.camera_pose, rig.place, 0.0, NO_BONES, 1.0)


def test_the_robots_own_arms_are_left_out(camera: CameraModel, settings) -> None:
    robot = RobotModel.default()
    chain = CameraPoseChain(robot)
    posture = robot.stand_posture()
    posture[robot.q_index['l_shoulder_pitch']] = posture[robot.q_index['r_shoulder_pitch']] = -0.9  # reaching forward
    skeleton = Skeleton(robot, chain)
    joints = posture[robot.q_indices(chain.history.joint_names)]
    skeleton.move(pin.XYZQUATToSE3(posture[:7]), joints)
    assert skeleton.floor == pytest.approx(0.0, abs=1e-3)
    hands = [chain.pose_at(arm.gripper, pin.XYZQUATToSE3(posture[:7]), joints).translation
             for arm in robot.configuration.arms.values()]
    assert min(hand[0] for hand in hands) > 0.2
    things = [(hand - 0.06, hand + 0.06) for hand in hands]  # a hand with something in it
    rig = Rig(camera, settings)
    rig.pitch = 1.0
    assert len(rig.look(*things)) > 0
    bare = Rig(camera, settings)
    bare.pitch = 1.0
    assert len(bare.look(*things, bones=skeleton.bones)) == 0


def test_window_moves_in_whole_cells(rig: Rig, settings) -> None:
    rig.place = np.array([0.013, -0.021])
    cells = rig.look(BOX)
    origin, grid = rig.grid.window()
    assert grid.shape == (100, 100) and grid.dtype == np.int8
    assert origin / CELL == pytest.approx(np.round(origin / CELL))
    rows, columns = np.nonzero(grid == OCCUPIED)
    middles = origin + (np.stack([columns, rows], axis=1) + 0.5) * CELL
    assert {tuple(m) for m in middles.round(3)} == {tuple(c) for c in cells.round(3)}
    row, column = np.floor((np.array([0.7, 1.4]) - origin[::-1]) / CELL).astype(int)  # floor beside the box
    assert grid[row, column] == FREE
    assert grid[50, 5] == UNKNOWN  # behind the robot


def test_the_planner_walks_around_what_was_seen(rig: Rig) -> None:
    rig.pitch = 0.4
    settings = WalkingSettings.load_file()
    planner = FootstepPlanner(settings.footsteps, settings.shape(False))
    outline = ((-1.0, -1.5), (3.5, -1.5), (3.5, 1.5), (-1.0, 1.5))
    known = FloorMap.from_description(FloorMapDescription('map', 0.04, outline))
    feet, goal = planner.feet_at(Pose2(0.0, 0.0, 0.0)), Pose2(2.8, 0.0, 0.0)
    straight = planner.plan(known, feet, goal)
    seen = known.with_obstacles(apart_from_known(known, clearance(known), rig.look(BOX), settings.seen.apart))
    assert planner.is_blocked(seen, feet, straight) == 'an obstacle that the cameras see'
    around = planner.plan(seen, feet, goal)
    beside = [step for step in around if 1.4 < step.x < 1.9]
    assert beside and all(abs(step.y) > 0.4 for step in beside)


def test_what_the_map_knows_is_not_seen_a_second_time(rig: Rig) -> None:
    outline = ((-1.0, -2.0), (3.5, -2.0), (3.5, 2.0), (-1.0, 2.0))
    known = FloorMap.from_description(FloorMapDescription('map', 0.04, outline, {
        'box': ((1.5, -0.2), (1.8, -0.2), (1.8, 0.2), (1.5, 0.2))}))
    apart = WalkingSettings.load_file().seen.apart
    drifted = rig.look(BOX) + (-0.05, 0.05)
    assert len(apart_from_known(known, clearance(known), drifted, apart)) == 0
    beside = drifted + (0.0, 0.6)
    assert len(apart_from_known(known, clearance(known), beside, apart)) == len(beside) > 0


@pytest.mark.parametrize(('name', 'value'), [('stride', 0), ('reach', 100.0), ('forget_after', 0.0)])
def test_bad_settings_are_named(settings, name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f'{name} must lie in'):
        replace(settings, **{name: value})


def test_bad_file_is_named(tmp_path) -> None:
    path = tmp_path / 'obstacle_detector.yaml'
    path.write_text(FILE.read_text(encoding='utf-8').replace('lowest: 0.08', 'lowest: nine'), encoding='utf-8')
    with pytest.raises(ConfigurationError, match='lowest'):
        load(ObstacleDetectorConfiguration, path)
