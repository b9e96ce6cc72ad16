# SPDX-License-Identifier: Apache-2.0
"""TSID's and placo's inverse dynamics on logged ticks of our standing robot; run with their own Pythons.

python bench/whole_body_peers.py tsid|placo FOLDER      (written and read by bench/whole_body_log.py)

Both get, tick by tick, the accelerations that our controller wanted of the centre of mass, pelvis, torso, hands and
posture, with its weights; the same soles, friction pyramid and torque limits. The limits of joint positions and, in
placo, which has no such task, of angular momentum are left to us. Lean: without angular momentum, pelvis, hands and torque
limits. The time is CPU time [us] of: set the state, build the program, solve it, fetch the torques.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Wanted = Mapping[str, np.ndarray]


class Tsid:
    """TSID with EiQuadProg, the faster of its solvers."""

    def __init__(self, urdf: Path, settings: Mapping[str, Any], q: np.ndarray):
        import pinocchio as pin
        import tsid

        self._tsid, self._pin, self._settings = tsid, pin, settings
        model = pin.buildModelFromUrdf(str(urdf), pin.JointModelFreeFlyer())
        check_joints(settings, list(model.names)[2:])
        model.armature = np.concatenate([np.zeros(6), settings['armature']])
        self._robot = robot = tsid.RobotWrapper(model, tsid.FLOATING_BASE_SYSTEM, False)
        self._model, self._data = model, model.createData()
        self._dynamics = tsid.InverseDynamicsFormulationAccForce('tsid', robot, False)
        self._dynamics.computeProblemData(0.0, q, np.zeros(robot.nv))
        self._contacts = [self._contact(sole) for sole in settings['soles']]
        weights, self._tasks = settings['weights'], {}
        self._add('com', tsid.TaskComEquality('com', robot), 3, weights['com'])
        self._add('joint', tsid.TaskJointPosture('joint', robot), robot.nv - 6, weights['arm_posture'])
        self._add('torso', self._turn(settings['torso']), 6, weights['torso'])
        if not settings['lean']:
            self._add('momentum', tsid.TaskAMEquality('momentum', robot), 3, weights['momentum'])
            self._add('pelvis', self._turn(settings['base']), 6, weights['pelvis'])
            for number, hand in enumerate(settings['hands']):
                self._add(f'hand{number}', tsid.TaskSE3Equality(hand, robot, hand), 6, weights['hand_position'])
            self._limits = tsid.TaskActuationBounds('torque', robot)
            self._limits.setBounds(-np.array(settings['torque_limit']), np.array(settings['torque_limit']))
            self._dynamics.addActuationTask(self._limits, 1.0, 0, 0.0)
        self._solver = tsid.SolverHQuadProgFast('solver')
        self._solver.resize(self._dynamics.nVar, self._dynamics.nEq, self._dynamics.nIn)

    def _contact(self, sole: str) -> Any:
        settings, robot = self._settings, self._robot
        self._corners = np.array([[sx * settings['half_length'] for sx in (-1, -1, 1, 1)],
                                  [sy * settings['half_width'] for sy in (-1, 1, -1, 1)], [0.0] * 4])
        contact = self._tsid.Contact6d(sole, robot, sole, self._corners, np.array([0.0, 0.0, 1.0]), settings['friction'],
                                       settings['minimum_force'], settings['maximum_force'])
        contact.setKp(settings['stiffness'] * np.ones(6))
        contact.setKd(settings['damping'] * np.ones(6))
        contact.setReference(robot.framePosition(self._dynamics.data(), robot.model().getFrameId(sole)))
        self._dynamics.addRigidContact(contact, 1e-6)
        return contact

    def _turn(self, frame: str) -> Any:
        task = self._tsid.TaskSE3Equality(frame, self._robot, frame)
        task.setMask(np.array([0.0, 0, 0, 1, 1, 1]))
        return task

    def _add(self, name: str, task: Any, size: int, weight: float) -> None:
        task.setKp(np.zeros(size))
        task.setKd(np.zeros(size))
        self._dynamics.addMotionTask(task, weight, 1, 0.0)
        self._tasks[name] = task

    def want(self, wanted: Wanted) -> None:
        """Take over what our controller wanted."""
        change = self._tsid.TrajectorySample(3)
        if 'momentum' in self._tasks:
            change.derivative(wanted['momentum'])
            self._tasks['momentum'].setReference(change)
        pose = np.concatenate([np.zeros(3), np.eye(3).ravel()])
        targets = {'torso': np.concatenate([np.zeros(3), wanted['torso']]), 'pelvis': np.concatenate([np.zeros(3), wanted['pelvis']]),
                   'hand0': wanted['hand'][0], 'hand1': wanted['hand'][1]}
        for name, target in targets.items():
            if name in self._tasks:
                sample = self._tsid.TrajectorySample(12, 6)
                sample.value(pose)
                sample.second_derivative(target)
                self._tasks[name].setReference(sample)
        for name in ('com', 'joint'):
            sample = self._tsid.TrajectorySample(len(wanted[name]))
            sample.second_derivative(wanted[name])
            self._tasks[name].setReference(sample)

    def tick(self, q: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Torques (n,) [N m]."""
        problem = self._dynamics.computeProblemData(0.0, q, v)
        self._solution = self._solver.solve(problem)
        if self._solution.status != 0:
            raise RuntimeError(f'TSID found no solution, status {self._solution.status}')
        return self._dynamics.getActuatorForces(self._solution)

    def accelerations(self) -> np.ndarray:
        """Of the last tick (nv,)."""
        return self._dynamics.getAccelerations(self._solution)

    def contact_forces(self, q: np.ndarray) -> np.ndarray:
        """Generalised forces (nv,) of the soles' contacts in the last tick."""
        total = np.zeros(self._model.nv)
        for contact, sole in zip(self._contacts, self._settings['soles']):
            forces = self._dynamics.getContactForce(contact.name, self._solution).reshape(4, 3)
            wrench = np.concatenate([forces.sum(axis=0), np.cross(self._corners.T, forces).sum(axis=0)])
            jacobian = self._pin.computeFrameJacobian(self._model, self._data, q, self._model.getFrameId(sole))
            total += jacobian.T @ wrench
        return total


class Placo:
    """placo's DynamicsSolver."""

    def __init__(self, urdf: Path, settings: Mapping[str, Any], q: np.ndarray):
        import placo

        self._names, self._robot = settings['joints'], placo.RobotWrapper(str(urdf), placo.Flags.ignore_collisions)
        check_joints(settings, list(self._robot.joint_names()))
        for name, inertia in zip(self._names, settings['armature']):
            self._robot.set_rotor_inertia(name, inertia)
            self._robot.set_gear_ratio(name, 1.0)
        for name, limit in zip(self._names, settings['torque_limit']):
            self._robot.set_torque_limit(name, limit)
        self._set(q, np.zeros(len(q) - 1))
        self._solver = placo.DynamicsSolver(self._robot)
        for sole in settings['soles']:
            task = self._solver.add_frame_task(sole, self._robot.get_T_world_frame(sole))
            task.configure(sole, 'soft', 1e3, 1e3)      # a little faster than 'hard', with the same answers
            for part in (task.position(), task.orientation()):
                part.kp, part.kd = settings['stiffness'], settings['damping']
            contact = self._solver.add_planar_contact(task)
            contact.length, contact.width, contact.mu = 2 * settings['half_length'], 2 * settings['half_width'], settings['friction']
        weights = settings['weights']
        self._com = self._task(self._solver.add_com_task(np.zeros(3)), 'com', weights['com'])
        self._turns = {'torso': self._turn(settings['torso'], weights['torso'])}
        self._posture, self._hands = self._task(self._solver.add_joints_task(), 'posture', weights['arm_posture']), []
        self._posture.kp = 1.0           # its only way to an acceleration is an error
        if not settings['lean']:
            self._turns['pelvis'] = self._turn(settings['base'], weights['pelvis'])
            self._hands = [(self._task(self._solver.add_position_task(hand, np.zeros(3)), hand, weights['hand_position']),
                            self._turn(hand, weights['hand_position'])) for hand in settings['hands']]
            self._solver.enable_torque_limits(True)
        self._solver.dt = 0.002

    def _task(self, task: Any, name: str, weight: float) -> Any:
        task.configure(name, 'soft', weight)
        task.kp = task.kd = 0.0
        return task

    def _turn(self, frame: str, weight: float) -> Any:
        return self._task(self._solver.add_orientation_task(frame, np.eye(3)), f'turn of {frame}', weight)

    def _set(self, q: np.ndarray, v: np.ndarray) -> None:
        self._robot.state.q, self._robot.state.qd = q, v
        self._robot.update_kinematics()

    def want(self, wanted: Wanted) -> None:
        """Take over what our controller wanted."""
        self._com.ddtarget_world = wanted['com']
        for name, turn in self._turns.items():
            turn.domega_world = wanted[name]
        for (place, turn), target in zip(self._hands, wanted['hand']):
            place.ddtarget_world, turn.domega_world = target[:3], target[3:]
        self._posture.set_joints(dict(zip(self._names, wanted['q'][7:] + wanted['joint'])))

    def tick(self, q: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Torques (n,) [N m]."""
        self._set(q, v)
        self._result = self._solver.solve()
        if not self._result.success:
            raise RuntimeError('placo found no solution')
        return self._result.tau[-len(self._names):]

    def accelerations(self) -> np.ndarray:
        """Of the last tick (nv,)."""
        return self._result.qdd

    def contact_forces(self, q: np.ndarray) -> np.ndarray:
        """Generalised forces (nv,) of the soles' contacts in the last tick."""
        return self._result.tau_contacts


def check_joints(settings: Mapping[str, Any], names: list[str]) -> None:
    """Raises RuntimeError when a peer has the joints in another order than we."""
    if names != settings['joints']:
        raise RuntimeError(f'joints are {names}, expected {settings["joints"]}')


def main() -> int:
    """Let the peer named first solve the ticks in the folder."""
    warnings.filterwarnings('ignore')
    name, folder = sys.argv[1], Path(sys.argv[2])
    settings = json.loads((folder / 'settings.json').read_text(encoding='utf-8'))
    with np.load(folder / 'states.npz') as file:
        log = {key: file[key] for key in file}
    peer = {'tsid': Tsid, 'placo': Placo}[name](folder / 'robot.urdf', settings, log['q'][0].copy())
    for _ in range(2):  # the first round warms up
        times, torques, accelerations, contacts = [], [], [], []
        for number, (q, v) in enumerate(zip(log['q'], log['v'])):
            peer.want({key: values[number] for key, values in log.items()})
            begin = time.thread_time_ns()
            torque = peer.tick(q, v)
            times.append((time.thread_time_ns() - begin) / 1e3)
            torques.append(torque.copy())
            accelerations.append(peer.accelerations().copy())
            contacts.append(peer.contact_forces(q).copy())
    np.savez(folder / 'answers.npz', times=times, torque=torques, acceleration=accelerations, contact=contacts)
    return 0


if __name__ == '__main__':
    sys.exit(main())
