# SPDX-License-Identifier: Apache-2.0
"""Pink and placo on the problem of bench/kinematics_problem.py; run with the Python of their own environments.

python bench/kinematics_peers.py pink|placo ROBOTS COUNT
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from kinematics_problem import COST, DAMPING, DT, FEET, HANDS, TalosProblem, Target, report, time_solver


class Pink:
    """Pink with DAQP."""

    def __init__(self, problem: TalosProblem) -> None:
        import pink
        from pink.tasks import ComTask, FrameTask, PostureTask
        warnings.filterwarnings('ignore')
        self._pink, self._model = pink, problem.model
        self._frames = {name: FrameTask(name, position_cost=COST[kind], orientation_cost=COST[kind])
                        for kind, names in (('foot', FEET), ('hand', HANDS)) for name in names}
        self._com, self._posture = ComTask(cost=COST['com']), PostureTask(cost=COST['posture'])
        self._tasks = [*self._frames.values(), self._com, self._posture]

    def reset(self, q: np.ndarray, target: Target) -> None:
        """Start at q."""
        self._configuration = self._pink.Configuration(self._model, self._model.createData(), q.copy())
        for name, pose in target.frames.items():
            self._frames[name].set_target(pose)
        self._com.set_target(target.com)
        self._posture.set_target(q)

    def step(self) -> np.ndarray:
        """One tick."""
        velocity = self._pink.solve_ik(self._configuration, self._tasks, DT, solver='daqp', damping=DAMPING, safety_break=False)
        self._configuration.integrate_inplace(velocity, DT)
        return self._configuration.q


def bare_urdf(urdf: Path, folder: Path) -> str:
    """Path of the same URDF without shapes, whose meshes placo would look for."""
    tree = ElementTree.parse(urdf)
    for link in tree.getroot().iter('link'):
        for shape in [child for child in link if child.tag in ('visual', 'collision')]:
            link.remove(shape)
    path = folder / 'bare.urdf'
    tree.write(path)
    return str(path)


class Placo:
    """placo with its own solver."""

    def __init__(self, problem: TalosProblem) -> None:
        import placo
        with tempfile.TemporaryDirectory() as folder:
            self._robot = placo.RobotWrapper(bare_urdf(problem.urdf, Path(folder)), placo.Flags.ignore_collisions)
        self._solver = placo.KinematicsSolver(self._robot)
        self._solver.dt = DT
        self._solver.enable_joint_limits(True)
        self._solver.enable_velocity_limits(True)
        self._frames = {}
        for kind, names in (('foot', FEET), ('hand', HANDS)):
            for name in names:
                task = self._frames[name] = self._solver.add_frame_task(name, np.eye(4))
                task.configure(name, 'soft', COST[kind] ** 2, COST[kind] ** 2)
        self._com = self._solver.add_com_task(np.zeros(3))
        self._com.configure('com', 'soft', COST['com'] ** 2)
        posture = self._solver.add_joints_task()
        model = problem.model
        posture.set_joints({name: float(problem.start[model.joints[model.getJointId(name)].idx_q]) for name in list(model.names)[2:]})
        posture.configure('posture', 'soft', COST['posture'] ** 2)
        self._solver.add_regularization_task(DAMPING)

    def reset(self, q: np.ndarray, target: Target) -> None:
        """Start at q."""
        self._robot.state.q = q.copy()
        self._robot.update_kinematics()
        for name, pose in target.frames.items():
            self._frames[name].T_world_frame = pose.homogeneous
        self._com.target_world = target.com

    def step(self) -> np.ndarray:
        """One tick."""
        self._solver.solve(True)
        self._robot.update_kinematics()
        return np.array(self._robot.state.q)


def main() -> int:
    """Measure one peer."""
    name, robots, count = sys.argv[1:4]
    problem = TalosProblem(Path(robots), int(count))
    report(time_solver(problem, {'pink': Pink, 'placo': Placo}[name](problem)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
