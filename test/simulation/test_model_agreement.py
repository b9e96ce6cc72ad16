# SPDX-License-Identifier: Apache-2.0
"""URDF, Pinocchio, MuJoCo and the robot file describe the same robot."""
from __future__ import annotations

import mujoco
import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.model.robot_model import RobotModel
from humanoid_control.simulation.configuration import SimulatorConfiguration
from humanoid_control.simulation.world import World


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.fixture(scope='module')
def world(robot: RobotModel) -> World:
    return World(robot.urdf, robot.configuration, None, SimulatorConfiguration.load().world)


@pytest.fixture(scope='module')
def reference(robot: RobotModel) -> pin.Model:
    """Pinocchio's model of all joints; both fingers carry the motor's inertia, as they do in MuJoCo."""
    model = robot.full.copy()
    armature = model.armature.copy()
    for mimic, gripper in zip(robot.configuration.mimic_joints, robot.configuration.gripper_joints):
        armature[_v(model, mimic)] = robot.configuration.joints[gripper].armature
    model.armature = armature
    return model


def _v(model: pin.Model, name: str) -> int:
    return model.joints[model.getJointId(name)].idx_v


def _joint_dofs(world: World, model: pin.Model) -> np.ndarray:
    """MuJoCo velocity index of each Pinocchio joint velocity beyond the base."""
    dofs = np.zeros(model.nv - 6, dtype=int)
    for name in model.names[2:]:
        dofs[_v(model, name) - 6] = world.model.joint(name).dofadr[0]
    return dofs


def _random_state(world: World, model: pin.Model, seed: int):
    """The same state in both conventions, and the map T with v_mujoco = T v_pinocchio."""
    random = np.random.default_rng(seed)
    q = pin.randomConfiguration(model, -np.ones(model.nq), np.ones(model.nq))
    q[:3] = random.uniform(-1, 1, 3)
    q[3:7] = random.normal(size=4)
    q[3:7] /= np.linalg.norm(q[3:7])
    q[7:] = random.uniform(model.lowerPositionLimit[7:], model.upperPositionLimit[7:])
    v = random.normal(size=model.nv)
    rotation = pin.Quaternion(q[3:7]).matrix()
    dofs = _joint_dofs(world, model)
    transform = np.zeros((model.nv, model.nv))
    transform[:3, :3] = rotation        # MuJoCo's base has its linear velocity in world axes
    transform[3:6, 3:6] = np.eye(3)
    transform[dofs, np.arange(6, model.nv)] = 1
    data = world.data
    data.qpos[:3] = q[:3]
    data.qpos[3:7] = q[[6, 3, 4, 5]]
    data.qpos[dofs + 1] = q[7:]
    data.qvel[:] = transform @ v
    return q, v, rotation, transform


@pytest.mark.parametrize('seed', range(5))
def test_mass_matrix_gravity_and_bias_agree_to_1e_9(world: World, reference: pin.Model, seed: int):
    data = reference.createData()
    q, v, rotation, transform = _random_state(world, reference, seed)
    mujoco.mj_forward(world.model, world.data)
    mass = np.zeros((reference.nv, reference.nv))
    mujoco.mj_fullM(world.model, world.data, mass)
    expected = pin.crba(reference, data, q)
    expected = np.triu(expected) + np.triu(expected, 1).T
    np.testing.assert_allclose(transform.T @ mass @ transform, expected, atol=1e-9)

    # M_m a_m + h_m with a_m = T a + (R (w x v), 0, ...)
    turning = np.zeros(reference.nv)
    turning[:3] = rotation @ np.cross(v[3:6], v[:3])
    bias = transform.T @ (world.data.qfrc_bias + mass @ turning)
    np.testing.assert_allclose(bias, pin.nonLinearEffects(reference, data, q, v), atol=1e-9)

    world.data.qvel[:] = 0
    mujoco.mj_forward(world.model, world.data)
    np.testing.assert_allclose(transform.T @ world.data.qfrc_bias, pin.computeGeneralizedGravity(reference, data, q),
                               atol=1e-9)


def test_frames_lie_where_pinocchio_has_them(world: World, reference: pin.Model, robot: RobotModel):
    data = reference.createData()
    q, *_ = _random_state(world, reference, 7)
    mujoco.mj_kinematics(world.model, world.data)
    pin.framesForwardKinematics(reference, data, q)
    configuration = robot.configuration
    names = [configuration.frames.imu, configuration.frames.gaze,
             *(leg.sole for leg in configuration.legs.values()), *(arm.gripper for arm in configuration.arms.values()),
             *(camera.optical_frame for camera in configuration.cameras.values())]
    for name in names:
        position, orientation = world.body_pose(name)
        placement = data.oMf[reference.getFrameId(name)]
        np.testing.assert_allclose(position, placement.translation, atol=1e-9)
        np.testing.assert_allclose(orientation, placement.rotation, atol=1e-9)


def test_joint_names_and_limits_agree(world: World, reference: pin.Model):
    names = list(reference.names[2:])
    assert sorted(names) == sorted(world.model.joint(i).name for i in range(1, world.model.njnt))
    for name in names:
        joint = reference.joints[reference.getJointId(name)]
        np.testing.assert_allclose(world.model.joint(name).range,
                                   [reference.lowerPositionLimit[joint.idx_q], reference.upperPositionLimit[joint.idx_q]])


def test_every_actuated_joint_has_a_drive_with_the_limits_and_gains_of_the_files(world: World, robot: RobotModel):
    model, configuration = world.model, robot.configuration
    assert sorted(model.actuator(i).name for i in range(model.nu)) == sorted(robot.actuated_names)
    assert sorted(configuration.joints) == sorted(robot.actuated_names)
    for name in robot.actuated_names:
        limit = robot.effort_limit_of(name)
        np.testing.assert_allclose(model.actuator(name).forcerange, (-limit, limit))
        drive = configuration.joints[name]
        share = 0.5 if name in configuration.gripper_joints else 1.0
        np.testing.assert_allclose(model.actuator(name).biasprm[:3], (0, -drive.drive_kp * share, -drive.drive_kd * share))
        assert model.joint(name).armature[0] == drive.armature
        assert model.joint(name).damping[0] == drive.damping


def test_masses_agree_link_by_link(world: World, robot: RobotModel):
    from xml.etree import ElementTree
    total = 0.0
    for link in ElementTree.fromstring(robot.urdf).findall('link'):
        mass = link.find('inertial/mass')
        expected = 0.0 if mass is None else float(mass.attrib['value'])
        assert world.model.body(link.attrib['name']).mass[0] == pytest.approx(expected, abs=1e-12)
        total += expected
    assert robot.mass == pytest.approx(total, abs=1e-9)
