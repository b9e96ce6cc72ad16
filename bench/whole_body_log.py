# SPDX-License-Identifier: Apache-2.0
"""Ticks of our balance controller, given to other whole-body controllers as the same problems, and their answers."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pinocchio as pin

from humanoid_control.balance.balance_configuration import BalanceConfiguration
from humanoid_control.balance.inspection import TickState
from humanoid_control.balance.native_structs import Tasks
from humanoid_control.model import load_urdf, share_path
from humanoid_control.model.robot_configuration import SIDES
from humanoid_control.model.robot_model import RobotModel


@dataclass(frozen=True)
class PeerAnswers:
    """What a peer did with the logged ticks.

    Attributes:
        times: CPU time of each tick [us].
        residual: largest entry of what is left of the equation of motion with its accelerations, torques and contact
            forces [N, N m]: next to nothing when its dynamics are those of our model.
        weight_carried: median of the vertical contact force, as a share of weight and vertical inertial force.
        acceleration_difference: median over ticks of the largest difference of an acceleration from ours [m/s^2, rad/s^2].
        torque_difference: the same of the torques [N m].
    """

    times: np.ndarray
    residual: float
    weight_carried: float
    acceleration_difference: float
    torque_difference: float

    def checks(self) -> dict[str, float]:
        """All but the times, rounded, for a results file."""
        return {name: float(f'{value:.3g}') for name, value in asdict(self).items() if name != 'times'}


class WholeBodyLog:
    """States of the standing robot with the accelerations that our controller wanted and found there."""

    def __init__(self, robot: RobotModel, states: list[TickState], tasks: list[Tasks]):
        self._robot, self._states, self._tasks = robot, states, tasks

    def solve_with(self, name: str, python: str, lean: bool) -> PeerAnswers:
        """Answers of bench/whole_body_peers.py under another Python.

        Raises RuntimeError with what it printed when it fails.
        """
        with tempfile.TemporaryDirectory() as folder:
            self._write(Path(folder), lean)
            done = subprocess.run([python, str(Path(__file__).with_name('whole_body_peers.py')), name, folder],
                                  capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f'{name} under {python} ended with {done.returncode}:\n{done.stdout}{done.stderr}')
            with np.load(Path(folder) / 'answers.npz') as answers:
                return self._judge(answers['times'], answers['acceleration'], answers['torque'], answers['contact'])

    def _write(self, folder: Path, lean: bool) -> None:
        robot, gains, configuration = self._robot, BalanceConfiguration.load(), self._robot.configuration
        margin = gains['contact.edge_margin']
        settings = {
            'lean': lean, 'joints': robot.joint_names, 'base': configuration.frames.base, 'torso': configuration.frames.torso,
            'soles': [configuration.legs[side].sole for side in SIDES], 'hands': [configuration.arms[side].gripper for side in SIDES],
            'half_length': configuration.sole.half_length - margin, 'half_width': configuration.sole.half_width - margin,
            'friction': gains['contact.friction'] / np.sqrt(2), 'minimum_force': gains['contact.minimum_force'],
            'maximum_force': self._tasks[0].maximum_force[0], 'stiffness': gains['contact.stiffness'], 'damping': gains['contact.damping'],
            'torque_limit': list(gains['limit.torque_share'] * robot.effort_limit), 'armature': list(robot.model.armature[6:]),
            'weights': {name: gains[f'weight.{name}'] for name in ('com', 'momentum', 'pelvis', 'torso', 'hand_position', 'arm_posture')}}
        (folder / 'settings.json').write_text(json.dumps(settings), encoding='utf-8')
        (folder / 'robot.urdf').write_text(_bare_urdf(robot), encoding='utf-8')
        joints = np.array([task.joint[:len(robot.joint_names)] for task in self._tasks])
        legs = [name for side in SIDES for name in configuration.legs[side].joints]
        joints[:, robot.v_indices(legs) - 6] = 0.0       # our legs follow feet and base; they have no posture
        np.savez(folder / 'states.npz', q=[s.q for s in self._states], v=[s.v for s in self._states], joint=joints,
                 **{name: [np.array(getattr(task, name)) for task in self._tasks]
                    for name in ('com', 'momentum', 'pelvis', 'torso', 'hand')})

    def _judge(self, times: np.ndarray, accelerations: np.ndarray, torques: np.ndarray, contacts: np.ndarray) -> PeerAnswers:
        robot, model = self._robot, self._robot.model
        data = model.createData()
        damping = np.array([robot.configuration.joints[name].damping for name in robot.joint_names])
        residuals, shares, changes, efforts = [], [], [], []
        for state, acceleration, torque, contact in zip(self._states, accelerations, torques, contacts):
            left = pin.rnea(model, data, state.q, state.v, acceleration) - contact
            left[6:] -= torque
            residuals.append(np.abs(left).max())
            pin.centerOfMass(model, data, state.q, state.v, acceleration)
            lift = pin.XYZQUATToSE3(state.q[:7]).rotation @ contact[:3]
            shares.append(lift[2] / robot.mass / (data.acom[0][2] - model.gravity.linear[2]))
            changes.append(np.abs(acceleration - state.acceleration).max())
            efforts.append(np.abs(torque + damping * state.v[6:] - state.torque).max())
        return PeerAnswers(times, float(np.max(residuals)), float(np.median(shares)), float(np.median(changes)), float(np.median(efforts)))


def _bare_urdf(robot: RobotModel) -> str:
    """Our URDF without shapes, whose files peers would look for, and with the grippers locked as in our model."""
    tree = ElementTree.fromstring(load_urdf(share_path(robot.configuration.urdf)))
    for link in tree.iter('link'):
        for shape in [child for child in link if child.tag in ('visual', 'collision')]:
            link.remove(shape)
    for joint in tree.findall('joint'):
        if joint.get('name') not in robot.model.names:
            joint.set('type', 'fixed')
            for part in [child for child in joint if child.tag in ('mimic', 'limit', 'axis', 'dynamics')]:
                joint.remove(part)
    return ElementTree.tostring(tree, encoding='unicode')
