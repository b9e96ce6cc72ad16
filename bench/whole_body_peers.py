# SPDX-License-Identifier: Apache-2.0
"""One tick of TSID's and placo's inverse dynamics on logged states of our standing robot; run with their own Pythons.

python bench/whole_body_peers.py tsid|placo ROBOT.urdf STATES.npz

Both get what our controller has: two sole contacts with friction, centre of mass, upright torso, posture. Prints the CPU
time of each tick [us] as JSON: set the state, build the program, solve it, fetch the torques.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

FRICTION = 0.6
STIFFNESS = 100.0  # [1/s^2] of all tasks; the damping is critical
FORCE = (1.0, 1000.0)  # [N] of one sole


class Tsid:
    """TSID with EiQuadProg, the faster of its solvers."""

    def __init__(self, urdf: str, soles: list[str], torso: str, half_length: float, half_width: float, q: np.ndarray):
        import pinocchio as pin
        import tsid

        self._tsid = tsid
        robot = tsid.RobotWrapper(urdf, [str(Path(urdf).parent)], pin.JointModelFreeFlyer(), False)
        self._dynamics = tsid.InverseDynamicsFormulationAccForce('tsid', robot, False)
        self._dynamics.computeProblemData(0.0, q, np.zeros(robot.nv))
        data = self._dynamics.data()
        corners = np.array([[sx * half_length for sx in (-1, -1, 1, 1)], [sy * half_width for sy in (-1, 1, -1, 1)], [0.0] * 4])
        self._kept = []
        for sole in soles:
            contact = tsid.Contact6d(sole, robot, sole, corners, np.array([0.0, 0.0, 1.0]), FRICTION, *FORCE)
            contact.setKp(STIFFNESS * np.ones(6))
            contact.setKd(2 * np.sqrt(STIFFNESS) * np.ones(6))
            contact.setReference(robot.framePosition(data, robot.model().getFrameId(sole)))
            self._dynamics.addRigidContact(contact, 1e-5)
            self._kept.append(contact)
        com = tsid.TaskComEquality('com', robot)
        com.setReference(tsid.TrajectoryEuclidianConstant('com', robot.com(data)).computeNext())
        upright = tsid.TaskSE3Equality('torso', robot, torso)
        upright.setMask(np.array([0.0, 0, 0, 1, 1, 1]))
        upright.setReference(
            tsid.TrajectorySE3Constant('torso', robot.framePosition(data, robot.model().getFrameId(torso))).computeNext())
        posture = tsid.TaskJointPosture('posture', robot)
        posture.setReference(tsid.TrajectoryEuclidianConstant('posture', q[7:]).computeNext())
        for task, weight, size in ((com, 1.0, 3), (upright, 1.0, 6), (posture, 1e-2, robot.nv - 6)):
            task.setKp(STIFFNESS * np.ones(size))
            task.setKd(2 * np.sqrt(STIFFNESS) * np.ones(size))
            self._dynamics.addMotionTask(task, weight, 1, 0.0)
            self._kept.append(task)
        self._solver = tsid.SolverHQuadProgFast('solver')
        self._solver.resize(self._dynamics.nVar, self._dynamics.nEq, self._dynamics.nIn)

    def tick(self, q: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Torques (n,) [N m]."""
        problem = self._dynamics.computeProblemData(0.0, q, v)
        solution = self._solver.solve(problem)
        if solution.status != 0:
            raise RuntimeError(f'TSID found no solution, status {solution.status}')
        return self._dynamics.getActuatorForces(solution)


class Placo:
    """placo's DynamicsSolver."""

    def __init__(self, urdf: str, soles: list[str], torso: str, half_length: float, half_width: float, q: np.ndarray):
        import placo

        self._robot = placo.RobotWrapper(urdf, placo.Flags.ignore_collisions)
        self._set(q, np.zeros(len(q) - 1))
        self._solver = placo.DynamicsSolver(self._robot)
        for sole in soles:
            task = self._solver.add_frame_task(sole, self._robot.get_T_world_frame(sole))
            task.configure(sole, 'soft', 1.0, 1.0)
            contact = self._solver.add_planar_contact(task)
            contact.length, contact.width, contact.mu = 2 * half_length, 2 * half_width, FRICTION
        com = self._solver.add_com_task(self._robot.com_world())
        com.configure('com', 'soft', 1.0)
        upright = self._solver.add_orientation_task(torso, self._robot.get_T_world_frame(torso)[:3, :3])
        upright.configure('torso', 'soft', 1.0)
        posture = self._solver.add_joints_task()
        posture.set_joints({name: self._robot.get_joint(name) for name in self._robot.joint_names()})
        posture.configure('posture', 'soft', 1e-2)
        self._solver.set_kp(STIFFNESS)
        self._solver.dt = 0.002

    def _set(self, q: np.ndarray, v: np.ndarray) -> None:
        self._robot.state.q, self._robot.state.qd = q, v
        self._robot.update_kinematics()

    def tick(self, q: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Torques (n,) [N m]."""
        self._set(q, v)
        result = self._solver.solve()
        if not result.success:
            raise RuntimeError('placo found no solution')
        return result.tau


def main() -> int:
    """Time the peer named first."""
    warnings.filterwarnings('ignore')
    name, urdf, path = sys.argv[1:]
    states = np.load(path)
    peer = {'tsid': Tsid, 'placo': Placo}[name](
        urdf, [str(sole) for sole in states['soles']], str(states['torso']), float(states['half_length']),
        float(states['half_width']), states['q'][0].copy())
    times, torques = [], []
    for _ in range(2):  # the first round warms up
        times.clear()
        for q, v in zip(states['q'], states['v']):
            begin = time.thread_time_ns()
            tau = peer.tick(q, v)
            times.append((time.thread_time_ns() - begin) / 1e3)
            torques.append(np.abs(tau).max())
    print(json.dumps({'times_us': times, 'largest_torque': float(max(torques))}))
    return 0


if __name__ == '__main__':
    sys.exit(main())
