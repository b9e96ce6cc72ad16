# SPDX-License-Identifier: Apache-2.0
"""Jacobians of the tasks against differences of their errors, and what one step of each achieves."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.tasks import ComTask, FrameTask, GazeTask, OrientationTask, PostureTask, Task
from humanoid_control.kinematics.tasks.recovery import Recovery

DT = 0.01
SMALL = 1e-6


@pytest.fixture
def state(robot) -> KinematicState:
    rng = np.random.default_rng(2)
    q = robot.stand_posture()
    q[7:] = np.clip(q[7:] + rng.uniform(-0.3, 0.3, len(q) - 7), robot.lower + 0.05, robot.upper - 0.05)
    return KinematicState(robot.model, q)


def bound(task: Task, variables: int) -> Task:
    """The task with arrays of its own."""
    task.bind(np.zeros((task.rows, variables)), np.zeros(task.rows), np.zeros(task.rows))
    return task


def make(kind: str, robot, state: KinematicState) -> Task:
    """A task of a kind whose target is off by about a tenth."""
    rng = np.random.default_rng(3)
    if kind == 'frame':
        task = FrameTask(robot.frame_id('l_gripper'), 1.0, 1.0)
        task.reset(state.placement(task.frame_id) * pin.exp6(0.1 * rng.normal(size=6)))
    elif kind == 'orientation':
        task = OrientationTask(robot.frame_id('torso'), 1.0)
        task.reset(state.placement(task.frame_id).rotation @ pin.exp3(0.1 * rng.normal(size=3)))
    elif kind == 'com':
        task = ComTask(1.0)
        task.reset(state.com + 0.05 * rng.normal(size=3))
    else:
        task = GazeTask(robot.frame_id('gaze'), robot.v_indices(robot.configuration.head), 1.0)
        task.reset(state.placement(task.frame_id).act(np.array([0.6, 0.1, -0.08])))
    return bound(task, robot.model.nv)


@pytest.mark.parametrize('kind', ['frame', 'orientation', 'com', 'gaze'])
def test_the_jacobian_is_the_derivative_of_the_step(kind, robot, state):
    task = make(kind, robot, state)
    task.update(state, DT)
    jacobian, step, q = task.jacobian.copy(), task.step.copy(), state.q.copy()
    free = [i for i in range(robot.model.nv) if np.any(jacobian[:, i])]
    assert free
    for index in free:
        move = np.zeros(robot.model.nv)
        move[index] = SMALL
        state.reset(pin.integrate(robot.model, q, move))
        task.update(state, DT)
        # moving along the Jacobian takes the error away
        tolerance = 2e-2 if kind == 'gaze' else 1e-4
        np.testing.assert_allclose((task.step - step) / -SMALL, jacobian[:, index], atol=tolerance)


@pytest.mark.parametrize('kind', ['frame', 'orientation', 'com', 'gaze'])
def test_a_few_least_squares_steps_reach_the_target(kind, robot, state):
    task = make(kind, robot, state)
    for _ in range(6):
        task.update(state, DT)
        state.move(np.linalg.lstsq(task.jacobian, task.step, rcond=1e-6)[0], DT)
    task.update(state, DT)
    np.testing.assert_allclose(task.step, 0.0, atol=1e-6)


def test_gaze_moves_the_head_only(robot, state):
    task = make('gaze', robot, state)
    task.update(state, DT)
    head = set(robot.v_indices(robot.configuration.head))
    assert {i for i in range(robot.model.nv) if np.any(task.jacobian[:, i])} == head


def test_a_moving_target_is_followed_without_lag(robot, state):
    task = FrameTask(robot.frame_id('l_gripper'), 1.0, 1.0, Recovery(2.0), Recovery(2.0))
    bound(task, robot.model.nv)
    pose = state.placement(task.frame_id).copy()
    task.reset(pose)
    for _ in range(20):
        pose = pin.SE3(pose.rotation @ pin.exp3(np.array([0.0, 0.01, 0.0])), pose.translation + [0.004, 0.0, 0.002])
        task.move_target(pose)
        task.update(state, DT)
        state.move(np.linalg.lstsq(task.jacobian, task.step, rcond=1e-6)[0], DT)
        distance, angle = task.error(state)
        assert distance < 1e-4 and angle < 1e-4


def test_an_inactive_task_weighs_nothing_and_comes_back(robot, state):
    task = make('com', robot, state)
    np.testing.assert_array_equal(task.weight, 1.0)
    task.active = False
    np.testing.assert_array_equal(task.weight, 0.0)
    task.active = True
    np.testing.assert_array_equal(task.weight, 1.0)


def test_recovery_brakes_in_time():
    recovery = Recovery(2.0)
    error, speeds = np.array([0.1, 0.0]), []
    while np.linalg.norm(error) > 1e-6:
        step = recovery.limit(error, DT)
        speeds.append(np.linalg.norm(step) / DT)
        error = error - step
    assert max(speeds) <= np.sqrt(2 * 2.0 * 0.1) + 1e-9
    assert np.diff(speeds).min() > -2.0 * 2.0 * DT


def test_the_posture_is_approached_at_its_rate(robot):
    state = KinematicState(robot.model, robot.stand_posture())
    task = PostureTask(np.ones(len(robot.joint_names)), rate=4.0, damping=1e-6)
    diagonal, target = np.zeros(robot.model.nv), np.zeros(robot.model.nv)
    task.bind(diagonal, target)
    task.target[:] = state.joints + 0.1
    task.update(state, DT)
    np.testing.assert_allclose(target[6:], 0.1 * 4.0 * DT, rtol=1e-5)
    np.testing.assert_allclose(diagonal[:6], 1e-6)
    assert (diagonal[6:] > 0.9).all()


@pytest.mark.parametrize('cost', [np.array([-1.0]), np.array([np.nan]), np.zeros((2, 2))])
def test_senseless_costs_are_refused(cost):
    class Any(Task):
        def update(self, state, dt):
            """Nothing."""

    with pytest.raises(ValueError, match='cost'):
        Any(cost)
