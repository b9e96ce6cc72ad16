# SPDX-License-Identifier: Apache-2.0
"""Rigid-body terms in C against Pinocchio."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.balance.rigid_body import RigidBody
from humanoid_control.model import ModelError, RobotModel

FRAMES = ('l_sole', 'r_sole', 'l_gripper', 'r_gripper', 'torso', 'imu_link')
TOLERANCE = 1e-9


@pytest.fixture(scope='module')
def model() -> RobotModel:
    return RobotModel.default()


def random_state(model: pin.Model, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    q = np.concatenate([rng.uniform(-3, 3, 3), rng.normal(size=4), rng.uniform(-2, 2, model.nv - 6)])
    q[3:7] /= np.linalg.norm(q[3:7])
    return q, rng.normal(size=model.nv) * 3


def check_against_pinocchio(model: pin.Model, frames: tuple[int, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    body, data = RigidBody(model, frames), model.createData()
    for _ in range(20):
        q, v = random_state(model, rng)
        body.update(q, v)
        pin.forwardKinematics(model, data, q, v, np.zeros(model.nv))
        pin.updateFramePlacements(model, data)
        pin.computeJointJacobians(model, data, q)
        mass = pin.crba(model, data, q)
        mass = np.triu(mass) + np.triu(mass, 1).T
        pin.dccrba(model, data, q, v)
        pin.centerOfMass(model, data, q, v, np.zeros(model.nv))
        drift = pin.computeCentroidalMomentumTimeVariation(model, data, q, v, np.zeros(model.nv))
        for name, ours, theirs in (
                ('mass matrix', body.mass_matrix, mass), ('bias', body.bias, pin.nonLinearEffects(model, data, q, v)),
                ('momentum matrix', body.momentum_matrix, data.Ag), ('momentum', body.momentum, data.hg.vector),
                ('momentum drift', body.momentum_drift, drift.vector),
                ('centre of mass', body.com, data.com[0]), ('its velocity', body.com_velocity, data.vcom[0])):
            scale = 1 + np.abs(theirs).max()
            np.testing.assert_allclose(ours / scale, theirs / scale, atol=TOLERANCE, rtol=0, err_msg=name)
        for number, frame in enumerate(frames):
            position, rotation, velocity, acceleration = body.frame(number)
            axes = pin.LOCAL_WORLD_ALIGNED
            for name, ours, theirs in (
                    ('position', position, data.oMf[frame].translation), ('rotation', rotation, data.oMf[frame].rotation),
                    ('velocity', velocity, pin.getFrameVelocity(model, data, frame, axes).vector),
                    ('drift', acceleration, pin.getFrameClassicalAcceleration(model, data, frame, axes).vector),
                    ('jacobian', body.jacobian(number), pin.getFrameJacobian(model, data, frame, axes))):
                scale = 1 + np.abs(theirs).max()
                np.testing.assert_allclose(ours / scale, theirs / scale, atol=TOLERANCE, rtol=0,
                                           err_msg=f'{name} of {model.frames[frame].name}')


def test_all_terms_of_the_robot_agree_with_pinocchio(model: RobotModel) -> None:
    check_against_pinocchio(model.model, tuple(model.frame_id(f) for f in FRAMES), seed=1)


def test_tilted_axes_and_random_trees_agree_with_pinocchio() -> None:
    rng = np.random.default_rng(2)
    tree = pin.Model()
    branch = [tree.addJoint(0, pin.JointModelFreeFlyer(), pin.SE3.Identity(), 'root')]
    tree.appendBodyToJoint(1, pin.Inertia.Random(), pin.SE3.Identity())
    for number in range(12):
        branch = branch[:rng.integers(1, len(branch) + 1)]  # Pinocchio needs joints in depth-first order
        axis = rng.normal(size=3)
        joint = tree.addJoint(branch[-1], pin.JointModelRevoluteUnaligned(axis / np.linalg.norm(axis)),
                              pin.SE3.Random(), f'joint_{number}')
        tree.appendBodyToJoint(joint, pin.Inertia.Random(), pin.SE3.Identity())
        branch.append(joint)
    frame = tree.addFrame(pin.Frame('tip', branch[-1], 0, pin.SE3.Random(), pin.FrameType.OP_FRAME))
    check_against_pinocchio(tree, (frame,), seed=3)


def test_chain_gives_the_frame_relative_to_the_base(model: RobotModel) -> None:
    frames = tuple(model.frame_id(f) for f in FRAMES)
    body, rng = RigidBody(model.model, frames), np.random.default_rng(4)
    q, v = random_state(model.model, rng)
    q[:7], v[:6] = [0, 0, 0, 0, 0, 0, 1], 0
    body.update(q, v)
    for number in range(len(frames)):
        position, rotation, velocity, _ = body.frame(number)
        for ours, expected in zip(body.chain(number, q[7:], v[6:]), (position, rotation, velocity)):
            np.testing.assert_allclose(ours, expected, atol=1e-12)


def test_joints_that_are_not_revolute_are_named(model: RobotModel) -> None:
    with pytest.raises(ModelError, match="'l_gripper_joint' is none"):
        RigidBody(model.full)


def test_wrong_shape_is_named(model: RobotModel) -> None:
    with pytest.raises(ModelError, match=r'q \(3,\)'):
        RigidBody(model.model).update(np.zeros(3), np.zeros(model.model.nv))
