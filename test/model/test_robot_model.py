# SPDX-License-Identifier: Apache-2.0
"""The Pinocchio model maps every joint by name and refuses files that do not agree."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.model import ModelError, RobotConfiguration, RobotModel, load_urdf, share_path


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


def test_the_body_has_31_joints_and_two_grippers(robot):
    assert len(robot.joint_names) == 31
    assert robot.actuated_names[31:] == ('l_gripper_joint', 'r_gripper_joint')
    assert (robot.model.nq, robot.model.nv) == (38, 37)


def test_limits_are_those_of_the_urdf(robot):
    full = robot.full
    for index, name in enumerate(robot.joint_names):
        joint = full.joints[full.getJointId(name)]
        assert robot.lower[index] == full.lowerPositionLimit[joint.idx_q]
        assert robot.upper[index] == full.upperPositionLimit[joint.idx_q]
        assert robot.effort_limit[index] == full.effortLimit[joint.idx_v] > 0
        assert robot.velocity_limit[index] == full.velocityLimit[joint.idx_v] > 0


def test_locking_the_grippers_keeps_the_mass(robot):
    assert robot.mass == pytest.approx(pin.computeTotalMass(robot.full), abs=1e-9)
    assert 50 < robot.mass < 55


def test_the_stand_posture_puts_both_soles_on_the_floor(robot):
    data = robot.model.createData()
    pin.framesForwardKinematics(robot.model, data, robot.stand_posture())
    left, right = (data.oMf[robot.frame_id(f'{side}_sole')] for side in 'lr')
    for sole in (left, right):
        assert abs(sole.translation[2]) < 1e-9
        np.testing.assert_allclose(sole.rotation, np.eye(3), atol=1e-9)
    np.testing.assert_allclose((left.translation + right.translation) / 2, 0, atol=1e-9)


def test_the_robot_is_mirror_symmetric(robot):
    for name in robot.joint_names:
        if name.startswith('l_'):
            other = 'r_' + name[2:]
            i, j = robot.joint_names.index(name), robot.joint_names.index(other)
            assert robot.effort_limit[i] == robot.effort_limit[j]
            if name.endswith(('roll', )):
                assert (robot.lower[i], robot.upper[i]) == (-robot.upper[j], -robot.lower[j])
            else:
                assert (robot.lower[i], robot.upper[i]) == (robot.lower[j], robot.upper[j])


def test_configuration_maps_joints_by_name_in_any_order(robot):
    rng = np.random.default_rng(1)
    values = rng.uniform(robot.lower, robot.upper)
    order = rng.permutation(31)
    q = robot.configuration_of([robot.joint_names[i] for i in order], values[order])
    np.testing.assert_array_equal(q[7:], values)


def test_a_missing_joint_is_named(robot):
    with pytest.raises(ModelError, match="'head_pitch' is missing"):
        robot.configuration_of([n for n in robot.joint_names if n != 'head_pitch'], np.zeros(30))


def test_a_missing_frame_is_named(robot):
    with pytest.raises(ModelError, match="frame 'tail'"):
        robot.frame_id('tail')


def test_a_missing_description_is_named(tmp_path):
    with pytest.raises(ModelError, match='nothing.urdf'):
        load_urdf(tmp_path / 'nothing.urdf')


def test_a_malformed_xacro_is_named(tmp_path):
    path = tmp_path / 'bad.urdf.xacro'
    path.write_text('<robot name="x"><link></robot>')
    with pytest.raises(ModelError, match='bad.urdf.xacro'):
        load_urdf(path)


def test_a_malformed_urdf_is_refused():
    with pytest.raises(ModelError, match='malformed'):
        RobotModel('<robot name="x"', RobotConfiguration.load())


def test_a_urdf_without_a_configured_joint_names_the_joint(robot):
    urdf = load_urdf(share_path('urdf', 'humanoid.urdf.xacro')).replace('head_pitch', 'nod')
    with pytest.raises(ModelError, match="'head_pitch'.*not in the URDF"):
        RobotModel(urdf, RobotConfiguration.load())
