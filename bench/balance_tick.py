# SPDX-License-Identifier: Apache-2.0
"""Time of the balance tick in C, beside Pinocchio's rigid-body terms, DAQP, TSID and placo on the same ticks.

The robot stands, squats and is pushed in the stand-in, with noise. All times are CPU time of one thread [us]; those of the
tick are of the quietest of three equal runs, as other programs slow whole seconds down. Whole controllers of others solve
the same ticks (bench/whole_body_peers.py), once with what ours has to do and once lean; each needs an environment of its
own, because each needs another Pinocchio. Wheels of libtsid exist for Python 3.13 (1.9.0) and 3.14 (1.10.0) only: under
another Python pip builds it against newer headers, and the heap is corrupted. Its wheel wants the Pinocchio, URDF reader
and XML reader of its day:

python3.13 -m venv /tmp/tsid && /tmp/tsid/bin/pip install --only-binary :all: tsid==1.9.0 libtsid==1.9.0 pin==3.9.0 \\
    'cmeel-urdfdom<5' 'cmeel-tinyxml2<11'
python -m venv /tmp/placo && /tmp/placo/bin/pip install placo
python -m bench.balance_tick --tsid /tmp/tsid/bin/python --placo /tmp/placo/bin/python

Peers that are not named keep the figures of the day when they were.
"""

from __future__ import annotations

import argparse
import ctypes
import sys
import time
from collections.abc import Callable
from pathlib import Path

import daqp
import numpy as np
import pinocchio as pin

from bench.results_file import Circumstances, keep, versions
from bench.whole_body_log import WholeBodyLog
from humanoid_control.balance import BalanceController
from humanoid_control.balance.inspection import TickProblem, TickState, tick_problem, tick_state, tick_tasks
from humanoid_control.balance.native_structs import Tasks
from humanoid_control.balance.rigid_body import RigidBody
from humanoid_control.model.robot_model import RobotModel
from humanoid_control.optimization import DenseQp
from humanoid_control.simulation.stand_in import StandIn

RESULTS = Path(__file__).parent / 'results' / 'balance.json'
LOG_EVERY = 10
PUSHES = ((1.0, (100.0, 0.0, 0.0)), (3.0, (0.0, 100.0, 0.0)), (5.0, (-70.0, -70.0, 0.0)))   # [s], [N] for 0.1 s
SQUAT_PERIOD = 4.0       # [s]
SQUAT_BEND = 0.4         # [rad]
RUNS = 3


class Ticks:
    """A simulated run: tick times [us] and what the ticks worked on."""

    def __init__(self, robot: RobotModel, seconds: float):
        self.times: list[float] = []
        self.states: list[TickState] = []
        self.problems: list[TickProblem] = []
        self.tasks: list[Tasks] = []
        world, balance = StandIn(1, robot=robot, with_station=False), BalanceController(robot)
        balance.activate()
        pushes = list(PUSHES)
        overhead = _median(lambda: balance.library.balance_parameter_count(), 1000)
        for tick in range(round(seconds * 500)):
            position, velocity, _ = world.low_state()
            if tick % 5 == 0 and tick:
                balance.set_reference(world.time_ns, *_squat(robot, balance.names, tick * 0.002))
            if pushes and tick * 0.002 >= pushes[0][0]:
                world.push(robot.configuration.frames.torso, pushes.pop(0)[1], 0.1)
            begin = time.thread_time_ns()
            balance.tick(world.time_ns, position, velocity)
            self.times.append((time.thread_time_ns() - begin) / 1e3 - overhead)
            if tick % LOG_EVERY == 0:
                self.states.append(tick_state(balance))
                self.problems.append(tick_problem(balance))
                self.tasks.append(tick_tasks(balance))
            world.apply(balance.position, balance.velocity, balance.effort)
            world.step()
        if balance.report.failures:
            raise RuntimeError(f'the robot did not stay up: {balance.reason}')


def _squat(robot: RobotModel, names: tuple[str, ...], now: float) -> tuple[np.ndarray, np.ndarray]:
    """Stand posture with knees bending up and down."""
    position = np.array([robot.configuration.stand_posture.get(name, 0.0) for name in names])
    velocity, phase = np.zeros(len(names)), 2 * np.pi * now / SQUAT_PERIOD
    bend, rate = SQUAT_BEND * (1 - np.cos(phase)) / 2, SQUAT_BEND * np.pi / SQUAT_PERIOD * np.sin(phase)
    for leg in robot.configuration.legs.values():
        for joint, factor in zip(leg.joints[2:5], (-1.0, 2.0, -1.0)):
            position[names.index(joint)] += factor * bend
            velocity[names.index(joint)] = factor * rate
    return position, velocity


def _cpu_times(works: list[Callable[[], object]]) -> np.ndarray:
    """CPU time [us] of each piece of work, the better of two runs."""
    times = np.zeros((2, len(works)))
    for run in times:
        for number, work in enumerate(works):
            begin = time.thread_time_ns()
            work()
            run[number] = (time.thread_time_ns() - begin) / 1e3
    return times.min(axis=0)


def _median(work: Callable[[], object], count: int) -> float:
    return float(np.median(_cpu_times([work] * count)))


def rigid_body_times(robot: RobotModel, states: list[TickState]) -> tuple[np.ndarray, np.ndarray]:
    """Times of our terms and of pinocchio.computeAllTerms, each called once from Python per state."""
    body, model = RigidBody(robot.model), robot.model
    data = model.createData()
    pointers = [(s.q.ctypes.data, s.v.ctypes.data) for s in states]
    ours = _cpu_times([lambda p=p: body.update_pointers(*p) for p in pointers])
    theirs = _cpu_times([lambda s=s: pin.computeAllTerms(model, data, s.q, s.v) for s in states])
    return ours, theirs


def program_times(problems: list[TickProblem]) -> tuple[np.ndarray, np.ndarray]:
    """Times of our solver and of DAQP, each called through its Python binding, on the same programs."""
    solver = DenseQp(48, 96)
    ours = _cpu_times([lambda p=p: solver.solve(p.hessian, p.gradient, None, None, p.inequality_matrix, p.lower, p.upper)
                       for p in problems])
    sense = np.zeros(len(problems[0].lower), dtype=ctypes.c_int)
    lowers = [np.maximum(p.lower, -1e30) for p in problems]
    theirs = _cpu_times([lambda p=p, low=low: daqp.solve(p.hessian, p.gradient, p.inequality_matrix, p.upper, low, sense)
                         for p, low in zip(problems, lowers)])
    empty = _median(lambda: solver.solve(np.eye(1), np.zeros(1)), 200)
    return np.maximum(ours - empty, 0.0), theirs


def percentiles(times: np.ndarray) -> dict[str, float]:
    """p50 and p99 [us]."""
    p50, p99 = np.percentile(times, [50, 99])
    return {'p50_us': round(float(p50), 1), 'p99_us': round(float(p99), 1)}


def peer_figures(robot: RobotModel, run: Ticks, name: str, python: str, circumstances: Circumstances) -> dict[str, dict]:
    """Figures of a peer with what our controller has to do, and lean."""
    log, figures = WholeBodyLog(robot, run.states, run.tasks), {}
    for title, lean in ((name, False), (f'{name}_lean', True)):
        answers = log.solve_with(name, python, lean)
        figures[title] = percentiles(answers.times) | {
            'over_tick': round(float(np.median(answers.times) / np.median(run.times)), 2), 'tick': percentiles(np.array(run.times)),
            **answers.checks(), 'versions': versions(python, name, 'pin', 'eiquadprog'), 'measured': circumstances.told()}
    return figures


def main() -> int:
    """Measure, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=16.0, help='simulated length of the run')
    parser.add_argument('--tsid', help='Python of an environment with tsid')
    parser.add_argument('--placo', help='Python of an environment with placo')
    arguments = parser.parse_args()
    circumstances = Circumstances()
    robot = RobotModel.default()
    run = min((Ticks(robot, arguments.seconds) for _ in range(RUNS)), key=lambda ticks: np.percentile(ticks.times, 99))
    rigid_body, pinocchio = rigid_body_times(robot, run.states)
    program, oracle = program_times(run.problems)
    times = {'tick': run.times, 'rigid_body_terms': rigid_body, 'pinocchio_computeAllTerms': pinocchio,
             'quadratic_program': program, 'daqp': oracle}
    figures = {name: percentiles(values) for name, values in times.items()}
    figures['ratios'] = {
        'pinocchio_over_rigid_body_terms': round(float(np.median(pinocchio) / np.median(rigid_body)), 2),
        'daqp_over_quadratic_program': round(float(np.median(oracle) / np.median(program)), 2),
        'tick_over_pinocchio': round(float(np.median(run.times) / np.median(pinocchio)), 2)}
    figures['measured'] = circumstances.told()
    figures['peers'] = {}
    for name in ('tsid', 'placo'):
        if python := getattr(arguments, name):
            figures['peers'] |= peer_figures(robot, run, name, python, circumstances)
    keep(RESULTS, figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
