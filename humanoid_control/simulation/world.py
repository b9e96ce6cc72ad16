# SPDX-License-Identifier: Apache-2.0
"""The robot and its stations as one MuJoCo model, with names resolved once."""
from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from humanoid_control.model.errors import ModelError
from humanoid_control.model.robot_configuration import RobotConfiguration
from humanoid_control.model.site_layout import Obstacle, PlacedStation, SiteLayout
from humanoid_control.model.station_configuration import StationConfiguration
from humanoid_control.simulation.casting_body import CASTING
from humanoid_control.simulation.configuration import WorldSettings
from humanoid_control.simulation.robot_spec import ROOT_JOINT, build_robot_spec
from humanoid_control.simulation.station_spec import add_empty_floor, add_obstacle, add_station, nut_names

PHYSICS_STEP = 0.001     # [s]
SOLVER_ITERATIONS = 30
# cut off at 20 when a foot comes down, the search leaves forces that let a loaded sole slide by millimetres without friction,
# and that throw a nut out of the fingers
LINE_SEARCH_ITERATIONS = 50
UNMAPPED_CRATE = 'unmapped_crate'
CRATE_SIZE, CRATE_HEIGHT = (0.4, 0.4), 0.6       # [m]


@dataclass(frozen=True)
class StationInWorld:
    """A station's drawing and the transform (4, 4) of its frame in the world."""

    station: StationConfiguration
    to_world: np.ndarray

    @property
    def bench_top(self) -> float:
        """Height of the bench top in the station frame [m]."""
        return self.station.bench.height - self.station.nominal_pose.z

    @property
    def bench_height(self) -> float:
        """Height of the bench top over the floor [m]."""
        return float(self.to_world[2, 3]) + self.station.bench.height - self.station.nominal_pose.z


class World:
    """Compiled model and its state.

    The world frame is that of the site's map: the footprint of a robot that stands exactly where it is switched on,
    x forward, z up, floor at 0.

    Attributes:
        model, data: MuJoCo's.
        robot, site, settings: what it was built from.
        stations: by name; none on an empty floor.
        root_qpos, root_qvel: index of the floating base in qpos (7: position, quaternion w x y z) and qvel (6).
        casting: row of the casting in mocap_pos and mocap_quat.
        nuts: names of the nuts.
    """

    def __init__(self, urdf: str, robot: RobotConfiguration, site: SiteLayout | None,
                 settings: WorldSettings):
        """Compile the model; without a site the robot stands on an empty floor.

        Raises ModelError or ConfigurationError naming what does not fit.
        """
        self.robot, self.site, self.settings = robot, site, settings
        spec = build_robot_spec(urdf, robot, settings.friction, settings.mass_scale)
        _set_physics(spec)
        add_empty_floor(spec, settings.friction)
        self.stations: dict[str, StationInWorld] = {}
        self.nuts: list[str] = []
        if site is not None:
            for name, placed in site.stations.items():
                self.stations[name] = StationInWorld(placed.station, station_placement(placed, settings))
                add_station(spec, placed.station, settings, self.stations[name].to_world,
                            f'{name}/' if len(site.stations) > 1 else '')
            for name, obstacle in site.obstacles.items():
                add_obstacle(spec, name, obstacle)
            self.nuts = nut_names(settings, self.feeder.station)
        if settings.crate is not None:
            add_obstacle(spec, UNMAPPED_CRATE, Obstacle(*settings.crate, yaw=0.0, size=CRATE_SIZE, height=CRATE_HEIGHT))
        try:
            self.model = spec.compile()
        except ValueError as error:
            raise ModelError(f'MuJoCo cannot compile robot {robot.name!r} with its stations: {error}') from error
        self.data = mujoco.MjData(self.model)
        self.root_qpos = int(self.model.joint(ROOT_JOINT).qposadr[0])
        self.root_qvel = int(self.model.joint(ROOT_JOINT).dofadr[0])
        self.casting = int(self.model.body(CASTING).mocapid[0]) if site is not None else -1

    @property
    def feeder(self) -> StationInWorld:
        """The station with the trays; there must be one."""
        return self.stations[self.site.feeder.station.name]

    @property
    def fixture(self) -> StationInWorld:
        """The station with the fixture; there must be one."""
        return self.stations[self.site.fixture.station.name]

    def body_id(self, name: str) -> int:
        """MuJoCo id of a body; ModelError names it and some that there are."""
        body = mujoco.mj_name2id(self.model, mujoco.mjtObj.mjOBJ_BODY, name)
        if body < 0:
            known = [self.model.body(i).name for i in range(1, self.model.nbody)]
            raise ModelError(f'body {name!r} is not in the world; there are {", ".join(known[:40])} ...')
        return body

    def body_pose(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Position (3,) [m] and rotation (3, 3) of a body in the world, as of the last forward pass."""
        body = self.body_id(name)
        return self.data.xpos[body].copy(), self.data.xmat[body].reshape(3, 3).copy()

    def free_qpos(self, name: str) -> np.ndarray:
        """View of position and quaternion (7,) of a free body in qpos."""
        address = int(self.model.joint(name).qposadr[0])
        return self.data.qpos[address:address + 7]

    def free_qvel(self, name: str) -> np.ndarray:
        """View of the velocity (6,) of a free body in qvel."""
        address = int(self.model.joint(name).dofadr[0])
        return self.data.qvel[address:address + 6]

    @property
    def snapshot_size(self) -> int:
        """Length of `snapshot`."""
        return 1 + self.model.nq + 7 * self.model.nmocap

    def snapshot(self, out: np.ndarray) -> None:
        """Write time [s], qpos and poses of what is moved by hand into `out`, shape (snapshot_size,)."""
        nq, nmocap = self.model.nq, self.model.nmocap
        out[0] = self.data.time
        out[1:1 + nq] = self.data.qpos
        out[1 + nq:1 + nq + 3 * nmocap] = self.data.mocap_pos.ravel()
        out[1 + nq + 3 * nmocap:] = self.data.mocap_quat.ravel()

    def restore_snapshot(self, snapshot: np.ndarray) -> None:
        """Take over a snapshot of another world built from the same files, for looking at it.

        Raises ModelError when it is of another size.
        """
        if len(snapshot) != self.snapshot_size:
            raise ModelError(f'world state has {len(snapshot)} values, expected {self.snapshot_size}: '
                             'were simulator and camera started with the same settings?')
        nq, nmocap = self.model.nq, self.model.nmocap
        self.data.time = snapshot[0]
        self.data.qpos[:] = snapshot[1:1 + nq]
        self.data.mocap_pos[:] = snapshot[1 + nq:1 + nq + 3 * nmocap].reshape(nmocap, 3)
        self.data.mocap_quat[:] = snapshot[1 + nq + 3 * nmocap:].reshape(nmocap, 4)
        mujoco.mj_kinematics(self.model, self.data)
        mujoco.mj_camlight(self.model, self.data)


def station_placement(placed: PlacedStation, settings: WorldSettings) -> np.ndarray:
    """Transform (4, 4) of the station frame in the world: as drawn, but for another bench height."""
    station, pose = placed.station, placed.pose
    height = station.bench.height if settings.bench_height is None else settings.bench_height
    transform = np.eye(4)
    cosine, sine = np.cos(pose.yaw), np.sin(pose.yaw)
    transform[:2, :2] = [[cosine, -sine], [sine, cosine]]
    transform[:3, 3] = pose.x, pose.y, pose.z - station.bench.height + height
    return transform


def _set_physics(spec: mujoco.MjSpec) -> None:
    option = spec.option
    option.timestep = PHYSICS_STEP
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    option.iterations = SOLVER_ITERATIONS
    option.ls_iterations = LINE_SEARCH_ITERATIONS
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    option.impratio = 10
    # nuts at rest cost nothing
    option.enableflags |= mujoco.mjtEnableBit.mjENBL_SLEEP
