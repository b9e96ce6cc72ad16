# SPDX-License-Identifier: Apache-2.0
"""Inverse kinematics of the arms in C against Pinocchio's forward kinematics."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from humanoid_control.kinematics.errors import SolverError
from humanoid_control.kinematics.reach import ArmChain
from humanoid_control.kinematics.settings import KinematicsSettings
from humanoid_control.model import ModelError

SIDES = ('l', 'r')


@pytest.fixture(scope='module')
def chains(robot) -> dict[str, ArmChain]:
    return {side: ArmChain.of_arm(robot, side, KinematicsSettings()) for side in SIDES}


def pinocchio_pose(robot, side: str, posture: np.ndarray) -> pin.SE3:
    """Pose of the gripper frame in the torso frame."""
    q = robot.stand_posture()
    q[robot.q_indices(robot.configuration.arms[side].joints)] = posture
    data = robot.model.createData()
    pin.framesForwardKinematics(robot.model, data, q)
    torso, gripper = robot.frame_id('torso'), robot.frame_id(robot.configuration.arms[side].gripper)
    return data.oMf[torso].actInv(data.oMf[gripper])


@pytest.mark.parametrize('side', SIDES)
def test_forward_kinematics_agree_with_pinocchio(robot, chains, side):
    rng = np.random.default_rng(1)
    for _ in range(50):
        posture = rng.uniform(chains[side].lower, chains[side].upper)
        assert chains[side].forward(posture).isApprox(pinocchio_pose(robot, side, posture), 1e-12)


@pytest.mark.parametrize('side', SIDES)
def test_poses_of_postures_are_found_from_some_seed(robot, chains, side):
    chain, rng, found = chains[side], np.random.default_rng(2), 0
    for _ in range(40):
        target = chain.forward(rng.uniform(chain.lower + 0.05, chain.upper - 0.05))
        solutions = [chain.solve(target, rng.uniform(chain.lower, chain.upper)) for _ in range(20)]
        reached = [s for s in solutions if s.converged]
        for solution in reached:
            assert (solution.posture >= chain.lower).all() and (solution.posture <= chain.upper).all()
            offset = target.actInv(pinocchio_pose(robot, side, solution.posture))
            assert np.linalg.norm(offset.translation) < 1e-3 and np.linalg.norm(pin.log3(offset.rotation)) < 5e-3
            margin = np.minimum(solution.posture - chain.lower, chain.upper - solution.posture).min()
            assert solution.margin == pytest.approx(margin)
        found += bool(reached)
    assert found == 40


def test_self_motion_widens_the_margin(robot):
    settings = KinematicsSettings()
    eager = ArmChain.of_arm(robot, 'l', settings)
    plain = ArmChain.of_arm(robot, 'l', settings.with_numbers({'reach.enough_margin': 0.0}))
    rng = np.random.default_rng(3)
    for _ in range(50):
        start = rng.uniform(plain.lower + 0.02, plain.upper - 0.02)
        target = plain.forward(start)
        assert eager.solve(target, start).margin >= plain.solve(target, start).margin - 1e-6


@pytest.mark.parametrize('side', SIDES)
def test_tracking_a_moving_pose_is_smooth(chains, side):
    chain = chains[side]
    start = (chain.lower + chain.upper) / 2
    target, last = chain.forward(start), chain.solution_at(start)
    for _ in range(100):
        target = pin.SE3(target.rotation, target.translation + [0.0, 0.0, 0.001])
        now = chain.track(target, last)
        if not now.converged:
            break
        assert np.abs(now.posture - last.posture).max() < 0.05
        last = now
    assert np.linalg.norm(chain.forward(last.posture).translation - target.translation) < 0.0021


@hypothesis_settings(max_examples=60, deadline=None)
@given(x=st.floats(-3, 3), y=st.floats(-3, 3), z=st.floats(-3, 3), seed=st.integers(0, 1000))
def test_any_target_gives_a_posture_within_limits_and_a_true_error(robot, chains, x, y, z, seed):
    chain = chains['l']
    target = pin.SE3(pin.exp3(np.random.default_rng(seed).normal(size=3)), np.array([x, y, z]))
    solution = chain.solve(target, np.zeros(7))
    assert (solution.posture >= chain.lower).all() and (solution.posture <= chain.upper).all()
    distance = np.linalg.norm(chain.forward(solution.posture).translation - target.translation)
    assert solution.position_error == pytest.approx(distance, abs=1e-9)


def test_half_a_turn_of_the_tip_is_no_trap(chains):
    chain = chains['l']
    posture = (chain.lower + chain.upper) / 2
    target = chain.forward(posture) * pin.SE3(pin.utils.rotate('z', np.pi), np.zeros(3))
    assert chain.solve(target, posture).orientation_error <= np.pi + 1e-9


def test_nan_is_refused(chains):
    target = pin.SE3.Identity()
    target.translation[0] = np.nan
    with pytest.raises(SolverError):
        chains['l'].solve(target, np.zeros(7))
    with pytest.raises(SolverError):
        chains['l'].solve(pin.SE3.Identity(), np.full(7, np.inf))


def test_joints_that_form_no_chain_are_named(robot):
    options = {'position_tolerance': 1e-3, 'orientation_tolerance': 1e-3, 'enough_margin': 0.1}
    limits = (-np.ones(2), np.ones(2))
    with pytest.raises(ModelError, match='l_elbow'):
        ArmChain(robot.model, ['l_shoulder_pitch', 'l_elbow'], 'torso', 'l_gripper', *limits, **options)
    with pytest.raises(ModelError, match='l_gripper'):
        ArmChain(robot.model, ['l_shoulder_pitch', 'l_shoulder_roll'], 'torso', 'l_gripper', *limits, **options)
