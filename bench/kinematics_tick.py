# SPDX-License-Identifier: Apache-2.0
"""Time of the kinematics: a whole tick of our robot at work, and a bare one on Talos beside Pink and placo.

All times are CPU time of one thread [us]; the ratios are what travels between machines. Peers live in environments of
their own, because placo needs another Pinocchio:

python -m venv /tmp/pink && /tmp/pink/bin/pip install pin-pink daqp example-robot-data
python -m venv /tmp/placo && /tmp/placo/bin/pip install placo
python -m bench.kinematics_tick --pink /tmp/pink/bin/python --placo /tmp/placo/bin/python

What is not measured keeps the figures of the day when it was.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pinocchio as pin

from bench.kinematics_problem import COST, DAMPING, DT, FEET, HANDS, TalosProblem, Target, time_solver
from bench.results_file import Circumstances, keep, versions
from humanoid_control.kinematics.inverse_kinematics import InverseKinematics
from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.limits import JointLimits
from humanoid_control.kinematics.reach import ArmReach
from humanoid_control.kinematics.reach.reach_guard import ReachGuard
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.kinematics.settled_posture import settled_posture
from humanoid_control.kinematics.tasks import ComTask, FrameTask, PostureTask
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.model import RobotModel

RESULTS = Path(__file__).parent / 'results' / 'kinematics.json'
NO_LIMIT = 1e6           # [rad/s^2]: peers have no limit of acceleration


class Ours:
    """Our tasks, limits and solver on the problem of the peers."""

    def __init__(self, problem: TalosProblem) -> None:
        model = problem.model
        self._state = KinematicState(model, problem.start)
        self._frames = {name: FrameTask(model.getFrameId(name), COST[kind], COST[kind])
                        for kind, names in (('foot', FEET), ('hand', HANDS)) for name in names}
        self._com = ComTask(COST['com'])
        joints = model.nv - 6
        self._posture = PostureTask(np.full(joints, COST['posture']), 1.0 / DT, DAMPING)
        limits = JointLimits(model.lowerPositionLimit[7:], model.upperPositionLimit[7:], model.velocityLimit[6:],
                             np.full(joints, NO_LIMIT))
        self.kinematics = InverseKinematics(model.nv, [*self._frames.values(), self._com], self._posture, limits)

    def reset(self, q: np.ndarray, target: Target) -> None:
        """Start at q."""
        self._state.reset(q)
        for name, pose in target.frames.items():
            self._frames[name].reset(pose)
        self._com.reset(target.com)
        self._posture.target[:] = q[7:]
        self.kinematics.solver.forget()

    def step(self) -> np.ndarray:
        """One tick."""
        self.kinematics.step(self._state, DT)
        return self._state.q


class TimedSolver:
    """Stands in for the solver's `solve` and notes its CPU time [us]."""

    def __init__(self, solve: Callable) -> None:
        self._solve = solve
        self.times: list[float] = []
        self.active: list[int] = []

    def __call__(self, *arguments: object) -> np.ndarray:
        begin = time.thread_time_ns()
        result = self._solve(*arguments)
        self.times.append((time.thread_time_ns() - begin) / 1e3)
        return result


def percentiles(times: list[float]) -> dict[str, float]:
    """p50 and p99 [us]."""
    p50, p99 = np.percentile(times, [50, 99])
    return {'p50_us': round(float(p50), 1), 'p99_us': round(float(p99), 1)}


def work_targets() -> Iterator[dict[str, pin.SE3]]:
    """Both grippers from tray to pin and back at walking-speed servo steps, fingers down."""
    places = [(0.40, 0.30, 1.0), (0.40, 0.30, 0.912), (0.40, 0.30, 1.0), (0.40, 0.14, 1.0), (0.40, 0.14, 0.945), (0.40, 0.14, 1.0)]
    for begin, end in zip(places, places[1:] + places[:1]):
        count = int(np.ceil(np.linalg.norm(np.subtract(end, begin)) / 0.002))
        for share in np.arange(1, count + 1) / count:
            x, y, z = np.array(begin) + share * np.subtract(end, begin)
            yield {side: pin.SE3(pin.utils.rotate('z', -0.3 * sign), np.array([x, y * sign, z])) for side, sign in (('l', 1), ('r', -1))}


def our_robot() -> dict[str, object]:
    """Ticks of the whole robot working with both hands: trajectories, reach, collisions, solver."""
    robot, settings = RobotModel.default(), KinematicsSettings.load()
    body = WholeBodyKinematics(robot, settings)
    guard = ReachGuard(body, settings)
    body.set_com_height(0.895)
    body.set_torso_pitch(0.12)
    body.set_gaze(np.array([0.45, 0.0, 0.9]))
    solver = body.inverse_kinematics.solver
    solver.solve = timed = TimedSolver(solver.solve)
    ticks, leads = [], []
    first = next(work_targets())
    for side, pose in first.items():
        guard.lead(side, pose)
    for _ in range(400):
        body.update(DT)
    timed.times.clear()
    for _ in range(3):
        for poses in work_targets():
            begin = time.thread_time_ns()
            for side, pose in poses.items():
                guard.lead(side, pose)
            middle = time.thread_time_ns()
            body.update(DT)
            leads.append((middle - begin) / 1e3)
            ticks.append((time.thread_time_ns() - middle) / 1e3)
    q = settled_posture(robot, settings, torso_pitch=0.12, com_height=0.895, hands=first)
    reach, solves = ArmReach(robot, q, settings), []
    for yaw in np.linspace(-0.8, 0.3, 100):
        begin = time.thread_time_ns()
        reach.solve('l', pin.SE3(pin.utils.rotate('z', yaw), np.array([0.40, 0.30, 0.95])))
        solves.append((time.thread_time_ns() - begin) / 1e3)
    return {'tick': percentiles(ticks), 'two_servo_targets': percentiles(leads), 'quadratic_program': percentiles(timed.times),
            'arm_reach_solve': percentiles(solves)}


def talos(robots: Path, count: int) -> dict[str, object]:
    """Ours on the targets."""
    problem = TalosProblem(robots, count)
    ours = Ours(problem)
    ours.kinematics.solver.solve = timed = TimedSolver(ours.kinematics.solver.solve)
    return time_solver(problem, ours) | {'quadratic_program': percentiles(timed.times)}


def talos_peer(name: str, python: str, robots: Path, count: int) -> dict[str, object]:
    """A peer on the same targets."""
    done = subprocess.run([python, str(Path(__file__).with_name('kinematics_peers.py')), name, str(robots), str(count)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f'{name}: {python} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}')
    return json.loads(done.stdout.strip().splitlines()[-1])


def robots_folder(python: str) -> Path:
    """Folder of example-robot-data's robots in the environment of an interpreter."""
    prefix = Path(python).parents[1]
    for found in sorted(prefix.rglob('example-robot-data/robots')):
        return found
    raise SystemExit(f'{prefix}: example-robot-data is not installed there')


def main() -> int:
    """Measure, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--pink', help='Python of an environment with pin-pink, daqp and example-robot-data')
    parser.add_argument('--placo', help='Python of an environment with placo; needs --pink for the robot')
    parser.add_argument('--targets', type=int, default=200, help='targets for Talos')
    arguments = parser.parse_args()
    circumstances = Circumstances()
    figures: dict[str, object] = {'robot_at_work': our_robot() | {'measured': circumstances.told()}, 'peers': {}}
    if arguments.pink:
        robots = robots_folder(arguments.pink)
        ours = figures['talos'] = talos(robots, arguments.targets) | {'measured': circumstances.told()}
        for name in ('pink', 'placo'):
            if python := getattr(arguments, name):
                peer = talos_peer(name, python, robots, arguments.targets)
                figures['peers'][name] = peer | {
                    'over_ours': round(peer['p50_us'] / ours['p50_us'], 2), 'ours_p50_us': ours['p50_us'],
                    'versions': versions(python, 'pin-pink' if name == 'pink' else name, 'pin', 'daqp'), 'measured': circumstances.told()}
    keep(RESULTS, figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
