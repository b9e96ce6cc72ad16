# SPDX-License-Identifier: Apache-2.0
"""The line: presents castings and nuts, takes finished parts away and judges them by ground truth."""
from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np

from humanoid_control.simulation.casting_body import CASTING
from humanoid_control.simulation.station_layout import StationLayout
from humanoid_control.simulation.world import StationInWorld, World

SEAT_TOLERANCE = 0.0007            # [m] height of a seated nut
LATERAL_FACTOR, LATERAL_SLACK = 1.3, 0.0002    # a seated nut lies within 1.3 x clearance + 0.2 mm of the axis
TILT_TOLERANCE = math.radians(1.5)
ON_PIN_RADIUS = 0.02               # [m] nuts further off the axis do not belong to a pin
CLEAR_HEIGHT = 0.08                # [m] over the bench; higher hands are clear of everything
CLEAR_MARGIN = 0.05                # [m] around trays and pins


@dataclass(frozen=True)
class SeatJudgement:
    """How the nut nearest to a pin lies.

    Attributes:
        seated: whether it counts.
        nut: its name, or None when no nut is at the pin.
        height_error, lateral_error [m], tilt [rad]: against a nut that is seated exactly.
    """

    seated: bool
    nut: str | None = None
    height_error: float = math.nan
    lateral_error: float = math.nan
    tilt: float = math.nan

    def as_dict(self) -> dict[str, float | str | None]:
        """Detail for messages: lengths in mm, angles in degrees, None where there is nothing to measure."""
        if self.nut is None:
            return {'nut': None, 'dz_mm': None, 'dxy_mm': None, 'tilt_deg': None}
        return {'nut': self.nut, 'dz_mm': round(1e3 * self.height_error, 3),
                'dxy_mm': round(1e3 * self.lateral_error, 3), 'tilt_deg': round(math.degrees(self.tilt), 3)}


class NutLine:
    """Puts casting and nuts in place and looks at the result; nothing here is visible to the robot's software."""

    def __init__(self, world: World):
        self.world = world
        self.cycle = 0
        self._nut_bodies = np.array([world.body_id(n) for n in world.nuts], dtype=int)
        model = world.model
        station = set(self._nut_bodies) | {world.body_id(CASTING), 0}
        station |= {world.body_id(s.station.frame) for s in world.stations.values()}
        self._robot_geoms = np.array([int(model.geom_bodyid[g]) not in station for g in range(model.ngeom)])
        self._nut_geoms = np.isin(model.geom_bodyid, self._nut_bodies)

    def place(self, cycle: int) -> StationLayout:
        """Set casting and nuts as drawn for a cycle; nuts at rest."""
        world = self.world
        layout = StationLayout.draw(world.settings, world.feeder.station, cycle)
        self.cycle = cycle
        x, y, yaw = layout.casting
        station = world.fixture.to_world
        drop = world.fixture.bench_height - station[2, 3]
        position = station[:3, :3] @ (x, y, drop) + station[:3, 3]
        station_yaw = math.atan2(station[1, 0], station[0, 0])
        world.data.mocap_pos[world.casting] = position
        world.data.mocap_quat[world.casting] = _yaw_quaternion(station_yaw + yaw)
        station = world.feeder.to_world
        station_yaw = math.atan2(station[1, 0], station[0, 0])
        rest = world.feeder.bench_height + world.feeder.station.nut.height / 2
        for name, (x, y, yaw) in zip(world.nuts, layout.nuts):
            pose = world.free_qpos(name)
            pose[:3] = station[:3, :3] @ (x, y, 0) + station[:3, 3]
            pose[2] = rest
            pose[3:] = _yaw_quaternion(station_yaw + yaw)
            world.free_qvel(name)[:] = 0
        return layout

    def pin_poses(self) -> dict[str, np.ndarray]:
        """Seat frame (4, 4) of each pin in the world: origin on the seat plane, z along the pin."""
        data = self.world.data
        fixture, rotation = self.world.fixture.station.fixture, np.zeros(9)
        mujoco.mju_quat2Mat(rotation, data.mocap_quat[self.world.casting])
        rotation = rotation.reshape(3, 3)
        poses = {}
        for side, (x, y) in fixture.pins.items():
            pose = np.eye(4)
            pose[:3, :3] = rotation
            pose[:3, 3] = data.mocap_pos[self.world.casting] + rotation @ (x, y, fixture.boss_height)
            poses[side] = pose
        return poses

    def nut_poses(self) -> dict[str, np.ndarray]:
        """Pose (4, 4) of each nut's centre in the world."""
        poses = {}
        for name in self.world.nuts:
            pose, rotation = np.eye(4), np.zeros(9)
            where = self.world.free_qpos(name)
            mujoco.mju_quat2Mat(rotation, where[3:])
            pose[:3, :3] = rotation.reshape(3, 3)
            pose[:3, 3] = where[:3]
            poses[name] = pose
        return poses

    def judge(self) -> dict[str, SeatJudgement]:
        """Judgement of each pin as things lie now."""
        nuts = self.nut_poses()
        return {side: self._judge_pin(pin, nuts) for side, pin in self.pin_poses().items()}

    def _judge_pin(self, pin: np.ndarray, nuts: dict[str, np.ndarray]) -> SeatJudgement:
        best: tuple[float, str, np.ndarray] | None = None
        for name, pose in nuts.items():
            offset = pin[:3, :3].T @ (pose[:3, 3] - pin[:3, 3])
            lateral = math.hypot(offset[0], offset[1])
            if lateral < ON_PIN_RADIUS and offset[2] < 0.06 and (best is None or lateral < best[0]):
                best = lateral, name, offset
        if best is None:
            return SeatJudgement(seated=False)
        lateral, name, offset = best
        height_error = float(offset[2]) - self.world.feeder.station.nut.height / 2
        upright = abs(float(nuts[name][:3, 2] @ pin[:3, 2]))
        tilt = math.acos(min(1.0, upright))
        lateral_limit = LATERAL_FACTOR * self.world.settings.clearance + LATERAL_SLACK
        seated = abs(height_error) < SEAT_TOLERANCE and lateral < lateral_limit and tilt < TILT_TOLERANCE
        return SeatJudgement(seated, name, height_error, lateral, tilt)

    def obstruction(self) -> str | None:
        """What keeps the line from moving: a hand over tray or pin, or a nut that the robot touches; None if clear."""
        world, data = self.world, self.world.data
        for contact in data.contact[:data.ncon]:
            a, b = contact.geom
            if a < 0 or b < 0:
                continue
            for nut, other in ((a, b), (b, a)):
                if self._nut_geoms[nut] and self._robot_geoms[other]:
                    name = world.model.body(world.model.geom_bodyid[nut]).name
                    return f'{name} is held by {world.model.body(world.model.geom_bodyid[other]).name}'
        for arm in world.robot.arms.values():
            position, _ = world.body_pose(arm.gripper)
            for placed in world.stations.values():
                where = _at_station(placed, position)
                if where is not None:
                    return f'{arm.gripper} is {where}'
        return None


def _at_station(placed: StationInWorld, position: np.ndarray) -> str | None:
    """Tray or pin that a hand at a place of the world (3,) [m] keeps from being served, None when it is clear."""
    station = placed.station
    to_station = np.linalg.inv(placed.to_world)
    point = to_station[:3, :3] @ position + to_station[:3, 3]
    if point[2] > placed.bench_top + CLEAR_HEIGHT:
        return None
    for side, tray in station.trays.items():
        if np.all(np.abs(point[:2] - tray.centre) < np.array(tray.size) / 2 + CLEAR_MARGIN):
            return f'over the {side} tray'
    for side, pin in station.fixture.pins.items() if station.fixture is not None else ():
        if math.dist(point[:2], pin) < ON_PIN_RADIUS + CLEAR_MARGIN:
            return f'at the {side} pin'
    return None


def _yaw_quaternion(yaw: float) -> tuple[float, float, float, float]:
    return math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)
