# SPDX-License-Identifier: Apache-2.0
"""What stands around the robot: floor, benches, trays, tag boards, casting, nuts and obstacles."""
from __future__ import annotations

import math

import cv2
import mujoco
import numpy as np

from humanoid_control.model.errors import ConfigurationError
from humanoid_control.model.site_layout import Obstacle
from humanoid_control.model.station_configuration import StationConfiguration, TagBoard
from humanoid_control.simulation.appearance import add_lights, add_materials, add_textured_material
from humanoid_control.simulation.casting_body import add_casting
from humanoid_control.simulation.configuration import WorldSettings
from humanoid_control.simulation.contact import BENCH_TOP, ground, make_visual
from humanoid_control.simulation.nut_body import add_nut, add_nut_mesh

FLOOR = 'floor'
TAG_MODULES = 8                  # modules along the black square of a 36h11 tag
QUIET_MODULES = 1
PIXELS_PER_MODULE = 24
BOARD_MARGIN = 0.012             # [m] of white around the tags
BENCH_THICKNESS = 0.04           # [m]
MAT_THICKNESS = 0.0002           # [m]
RIM_HEIGHT, RIM_HALF_WIDTH = 0.008, 0.002
_TAG_FAMILIES = {'36h11': cv2.aruco.DICT_APRILTAG_36h11, '36h10': cv2.aruco.DICT_APRILTAG_36h10}


def nut_names(settings: WorldSettings, station: StationConfiguration) -> list[str]:
    """Names of all nuts, tray by tray in the order of the station file."""
    return [f'nut_{i}' for i in range(settings.nuts_per_tray * len(station.trays))]


def add_station(spec: mujoco.MjSpec, station: StationConfiguration, settings: WorldSettings,
                to_world: np.ndarray, prefix: str = '') -> None:
    """Add a station to a spec that has a floor; at most one of a spec has trays and one a fixture.

    Args:
        to_world: homogeneous transform (4, 4) of the station frame in the world; upright.
        prefix: of the names of bench and board, where a spec has several.

    Raises ConfigurationError when the board names a tag or family that cannot be drawn.
    """
    frame = spec.worldbody.add_body(name=station.frame, pos=to_world[:3, 3], quat=_upright_quaternion(to_world))
    top = station.bench.height - station.nominal_pose.z
    _add_bench(frame, station, top, float(to_world[2, 3] + top), prefix)
    _add_trays(frame, station, top)
    _add_board(spec, frame, station.board, top, prefix)
    if station.fixture is not None:
        pins = {side: np.array(seat) for side, seat in station.fixture.pins.items()}
        add_casting(spec, station.fixture, station.nut, settings.clearance, pins)
    if station.trays:
        add_nut_mesh(spec, station.nut)
    for name in nut_names(settings, station):
        add_nut(spec, station.nut, name)


def add_empty_floor(spec: mujoco.MjSpec, friction: float) -> None:
    """Add floor, light and sky alone."""
    add_materials(spec)
    add_lights(spec)
    floor = spec.worldbody.add_geom(name=FLOOR, type=mujoco.mjtGeom.mjGEOM_PLANE, size=(12, 12, 0.1), material='floor')
    ground(friction).apply(floor)


def add_obstacle(spec: mujoco.MjSpec, name: str, obstacle: Obstacle) -> None:
    """Add a box on the floor."""
    box = spec.worldbody.add_geom(name=name, type=mujoco.mjtGeom.mjGEOM_BOX, size=(*(s / 2 for s in obstacle.size), obstacle.height / 2),
                                  pos=(obstacle.x, obstacle.y, obstacle.height / 2), material='bench_frame',
                                  quat=(math.cos(obstacle.yaw / 2), 0, 0, math.sin(obstacle.yaw / 2)))
    BENCH_TOP.apply(box)


def _upright_quaternion(transform: np.ndarray) -> tuple[float, float, float, float]:
    yaw = math.atan2(transform[1, 0], transform[0, 0])
    return math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)


def _add_bench(frame: mujoco.MjsBody, station: StationConfiguration, top: float, height: float,
               prefix: str) -> None:
    (depth, width), (x, y) = station.bench.size, station.bench.centre
    plate = frame.add_geom(name=f'{prefix}bench', type=mujoco.mjtGeom.mjGEOM_BOX,
                           size=(depth / 2, width / 2, BENCH_THICKNESS / 2),
                           pos=(x, y, top - BENCH_THICKNESS / 2), material='bench_top')
    BENCH_TOP.apply(plate)
    length = height - BENCH_THICKNESS
    for number, (sx, sy) in enumerate(((1, 1), (1, -1), (-1, 1), (-1, -1))):
        leg = frame.add_geom(name=f'{prefix}bench_leg_{number}', type=mujoco.mjtGeom.mjGEOM_BOX, size=(0.02, 0.02, length / 2),
                             pos=(x + sx * (depth / 2 - 0.03), y + sy * (width / 2 - 0.03),
                                  top - BENCH_THICKNESS - length / 2), material='bench_frame')
        BENCH_TOP.apply(leg)
    make_visual(frame.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=(0.015, width / 2 - 0.05, 0.02),
                               pos=(x + depth / 2 - 0.03, y, top - BENCH_THICKNESS - length * 0.7),
                               material='bench_frame'))


def _add_trays(frame: mujoco.MjsBody, station: StationConfiguration, top: float) -> None:
    """Low rims on the bench; the mat is painted, so that nuts lie at bench height."""
    for side, tray in station.trays.items():
        (length, width), (x, y) = tray.size, tray.centre
        make_visual(frame.add_geom(name=f'{side}_tray_mat', type=mujoco.mjtGeom.mjGEOM_BOX,
                                   size=(length / 2, width / 2, MAT_THICKNESS / 2),
                                   pos=(x, y, top + MAT_THICKNESS / 2), material='tray_mat'))
        for number, (dx, dy, half_x, half_y) in enumerate((
                (length / 2, 0, RIM_HALF_WIDTH, width / 2 + RIM_HALF_WIDTH),
                (-length / 2, 0, RIM_HALF_WIDTH, width / 2 + RIM_HALF_WIDTH),
                (0, width / 2, length / 2, RIM_HALF_WIDTH), (0, -width / 2, length / 2, RIM_HALF_WIDTH))):
            rim = frame.add_geom(name=f'{side}_tray_rim_{number}', type=mujoco.mjtGeom.mjGEOM_BOX,
                                 size=(half_x, half_y, RIM_HEIGHT / 2),
                                 pos=(x + dx, y + dy, top + RIM_HEIGHT / 2), material='tray_rim')
            BENCH_TOP.apply(rim)


def _add_board(spec: mujoco.MjSpec, frame: mujoco.MjsBody, board: TagBoard, top: float, prefix: str) -> None:
    """Flat board whose surface is the plane z = 0 of the station frame."""
    centres = np.array(list(board.tags.values()))
    half = np.abs(centres).max(axis=0) + board.tag_size / 2 + BOARD_MARGIN
    thickness = -top
    plate = frame.add_geom(name=f'{prefix}board', type=mujoco.mjtGeom.mjGEOM_BOX, size=(half[0], half[1], thickness / 2 - 2e-5),
                           pos=(0, 0, -thickness / 2 - 2e-5), material='board')
    BENCH_TOP.apply(plate)
    half_tag = board.tag_size / 2 * (TAG_MODULES + 2 * QUIET_MODULES) / TAG_MODULES
    for tag, (x, y) in board.tags.items():
        add_textured_material(spec, f'tag_{tag}', draw_tag(board.family, tag))
        # a quarter turn puts the picture's upper edge towards +x of the station and its left edge towards +y
        make_visual(frame.add_geom(name=f'tag_{tag}', type=mujoco.mjtGeom.mjGEOM_PLANE, size=(half_tag, half_tag, 0.01),
                                   pos=(x, y, 0), quat=(math.sqrt(0.5), 0, 0, -math.sqrt(0.5)), material=f'tag_{tag}'))


def draw_tag(family: str, tag: int) -> np.ndarray:
    """Picture of a tag as OpenCV draws it, with a white quiet zone of one module; grey uint8, square.

    Raises ConfigurationError when there is no such family or tag.
    """
    if family not in _TAG_FAMILIES:
        raise ConfigurationError(f'board.family: expected one of {sorted(_TAG_FAMILIES)}, got {family!r}')
    dictionary = cv2.aruco.getPredefinedDictionary(_TAG_FAMILIES[family])
    if not 0 <= tag < len(dictionary.bytesList):
        raise ConfigurationError(f'board.tags: {family} has tags 0 to {len(dictionary.bytesList) - 1}, got {tag}')
    side = TAG_MODULES * PIXELS_PER_MODULE
    quiet = QUIET_MODULES * PIXELS_PER_MODULE
    picture = np.full((side + 2 * quiet, side + 2 * quiet), 255, np.uint8)
    picture[quiet:-quiet, quiet:-quiet] = cv2.aruco.generateImageMarker(dictionary, tag, side, borderBits=1)
    return picture
