# SPDX-License-Identifier: Apache-2.0
"""The C tick against its Python twins, the optimality conditions and DAQP, on logged ticks."""
from __future__ import annotations

import ctypes

import daqp
import numpy as np
import pinocchio as pin
import pytest
from balance_rig import BalanceRig, Squat

from humanoid_control.balance.inspection import TickProblem, tick_problem, tick_state, tick_tasks
from humanoid_control.balance.standing_twin import StandingTwin, nearest_in_hull
from humanoid_control.balance.whole_body_twin import WholeBodyTwin
from humanoid_control.model import RobotModel
from humanoid_control.optimization import DenseQp, dense_qp_twin


def pushed_rig(robot: RobotModel, seed: int, force: tuple[float, float, float]) -> BalanceRig:
    rig = BalanceRig(robot, seed=seed)
    rig.run(0.3)
    rig.world.push(robot.configuration.frames.torso, force, 0.1)
    return rig


@pytest.fixture(scope='module')
def logged(robot: RobotModel) -> list[TickProblem]:
    """Programs of a push and of a squat that comes near the knees' and ankles' limits."""
    problems = []
    rig = pushed_rig(robot, 1, (150.0, 90.0, 0.0))
    rig.run(0.5, lambda: problems.append(tick_problem(rig.balance)))
    rig = BalanceRig(robot, seed=2)
    rig.run(0.2)
    squat = Squat(rig, depth=0.36, down=0.8)
    rig.follow(squat.seconds, squat, lambda: problems.append(tick_problem(rig.balance)))
    return problems[::4]


def test_accelerations_torques_and_wrenches_equal_those_of_the_full_problem(robot: RobotModel) -> None:
    rig = pushed_rig(robot, 3, (120.0, 110.0, 0.0))
    twin = WholeBodyTwin(robot, rig.balance.configuration)
    active = 0
    for _ in range(40):
        rig.run(0.012)
        state = tick_state(rig.balance)
        expected = twin.solve(state.q, state.v, tick_tasks(rig.balance))
        active = max(active, rig.balance.report.iterations)
        np.testing.assert_allclose(state.acceleration, expected.acceleration, atol=1e-7)
        np.testing.assert_allclose(state.torque, expected.torque, atol=1e-7)
        np.testing.assert_allclose(np.array(rig.balance.report.wrench), expected.wrench, atol=1e-6)
    assert active > 5, 'the push should bring constraints into play'
    assert rig.balance.report.relaxed == 0


def test_task_accelerations_equal_those_of_the_twin(robot: RobotModel) -> None:
    rig = BalanceRig(robot, seed=4, noise=0.0)
    rig.run(0.002)
    report = rig.balance.report
    stance = pin.SE3(pin.utils.rotate('z', report.stance_yaw), np.array(report.stance_position))
    soles = [(np.array(report.foot_position[k])[:2], report.foot_yaw[k]) for k in range(2)]
    twin = StandingTwin(robot, rig.balance.configuration)
    squat = Squat(rig, depth=0.2, down=1.0)
    order = [rig.names.index(name) for name in robot.joint_names]
    blend = rig.balance.configuration['reference.blend_time']
    rig.follow(blend + 0.1, lambda _: (rig.stand, np.zeros(len(rig.names))))
    begin, checked = rig.time, 0
    sent: list[tuple[int, np.ndarray, np.ndarray]] = []

    def reference(time: float) -> tuple[np.ndarray, np.ndarray]:
        position, velocity = squat(time)
        position[arm], velocity[arm] = position[arm] + 0.2 * np.sin(3 * time), 0.6 * np.cos(3 * time)
        sent.append((rig.world.time_ns, position[order], velocity[order]))
        return position, velocity

    def check() -> None:
        nonlocal checked
        if rig.time - begin < 0.1:
            return
        state, tasks = tick_state(rig.balance), tick_tasks(rig.balance)
        (before, _, slow), (stamp, position, velocity) = sent[-2:]
        acceleration = (velocity - slow) / ((stamp - before) * 1e-9)
        age = (rig.balance.report.stamp - stamp) * 1e-9
        targets = twin.targets(position + age * velocity + age**2 / 2 * acceleration, velocity + age * acceleration,
                               acceleration)
        touches = tuple(np.linalg.norm(list(f)) >= rig.balance.configuration['hand.contact_force']
                        for f in rig.balance.report.wrist_contact_force)
        if checked == 0:            # the twin starts with the controller's integral, which nothing else shows
            expected = twin.tasks(state.q, state.v, targets, stance, soles, (True, True), 0.002)
            twin.offsets[:] = (np.array(tasks.hand) - expected['hands']) / rig.balance.configuration['hand.stiffness']
            expected['hands'] = np.array(tasks.hand)
        else:
            expected = twin.tasks(state.q, state.v, targets, stance, soles, touches, 0.002)
        checked += 1
        for name in ('com', 'pelvis', 'torso', 'momentum'):
            np.testing.assert_allclose(getattr(tasks, name), expected[name], atol=2e-5, err_msg=name)
        np.testing.assert_allclose(np.array(tasks.hand), expected['hands'], atol=2e-5, err_msg='hands')

    arm = [rig.names.index(name) for name in robot.configuration.arms['l'].joints]
    rig.follow(1.5, reference, check)
    assert checked > 600


def test_clipped_pressure_equals_the_twins_nearest_point(robot: RobotModel) -> None:
    rng = np.random.default_rng(5)
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    for point in rng.uniform(-1, 2, (200, 2)):
        np.testing.assert_allclose(nearest_in_hull(square, point), np.clip(point, 0, 1), atol=1e-12)


def test_logged_programs_meet_the_optimality_conditions(logged: list[TickProblem]) -> None:
    assert len(logged) > 250
    for p in logged:
        solution = DenseQp(48, 96).solve(p.hessian, p.gradient, None, None, p.inequality_matrix, p.lower, p.upper)
        np.testing.assert_allclose(solution.x, p.solution, atol=1e-7 * (1 + np.abs(p.solution).max()))
        force = 1 + np.abs(p.hessian @ p.solution).max()
        lam = solution.inequality_multipliers
        gradient = p.hessian @ p.solution + p.gradient - p.inequality_matrix.T @ lam
        norms = np.linalg.norm(p.inequality_matrix, axis=1)
        values, size = p.inequality_matrix @ p.solution, 1 + np.abs(p.solution).max()
        assert np.abs(gradient).max() / force < 1e-9, 'stationarity'
        assert np.maximum(p.lower - values, values - p.upper).max() / norms.max() / size < 1e-9, 'primal'
        gap = np.where(lam > 0, values - p.lower, np.where(lam < 0, p.upper - values, 0.0))
        assert np.abs(gap / norms).max() / size < 1e-8, 'complementarity'


def cost(p: TickProblem, x: np.ndarray) -> float:
    return float(0.5 * x @ p.hessian @ x + p.gradient @ x)


def test_logged_programs_have_the_minimiser_of_daqp_and_of_the_twin(logged: list[TickProblem]) -> None:
    for p in logged[::10]:
        nothing = np.empty((0, len(p.gradient))), np.empty(0)
        twin = dense_qp_twin.solve(p.hessian, p.gradient, *nothing, p.inequality_matrix, p.lower, p.upper)
        size = 1 + np.abs(p.solution).max()
        np.testing.assert_allclose(twin.x / size, p.solution / size, atol=1e-8)
        x, _, flag, _ = daqp.solve(p.hessian, p.gradient, p.inequality_matrix, p.upper, np.maximum(p.lower, -1e30),
                                   np.zeros(len(p.upper), dtype=ctypes.c_int), primal_tol=1e-9, dual_tol=1e-12)
        assert flag == 1
        assert abs(cost(p, x) - cost(p, p.solution)) < 1e-6 * (1 + abs(cost(p, x)))
