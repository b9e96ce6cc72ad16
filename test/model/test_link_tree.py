# SPDX-License-Identifier: Apache-2.0
"""The numpy link tree against Pinocchio, and malformed robots."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.model.errors import ModelError
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.model.robot_model import RobotModel

LINK = '<link name="a"><inertial><mass value="1"/></inertial></link><link name="b"/>'
JOINT = '<joint name="j" type="revolute"><parent link="a"/><child link="b"/><axis xyz="0 0 1"/></joint>'


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.fixture(scope='module')
def tree(robot) -> LinkTree:
    return LinkTree(robot.urdf)


def test_poses_and_centre_of_mass_agree_with_pinocchio(robot, tree):
    rng = np.random.default_rng(3)
    model, data = robot.full, robot.full.createData()
    for _ in range(20):
        q = pin.randomConfiguration(model, np.full(model.nq, -1.0), np.full(model.nq, 1.0))
        positions = {}
        for name in tree.movable:
            positions[name] = q[model.joints[model.getJointId(name)].idx_q] = rng.uniform(-1, 1)
        for mimic, actuated in zip(robot.configuration.mimic_joints, robot.configuration.gripper_joints):
            q[model.joints[model.getJointId(mimic)].idx_q] = positions[actuated]
        poses = tree.poses(positions, pin.XYZQUATToSE3(q[:7]).homogeneous)
        pin.framesForwardKinematics(model, data, q)
        for link, pose in zip(tree.links, poses):
            np.testing.assert_allclose(pose, data.oMf[model.getFrameId(link)].homogeneous, atol=1e-12)
        np.testing.assert_allclose(tree.centre_of_mass(poses), pin.centerOfMass(model, data, q), atol=1e-12)


def test_limits_and_mass_are_those_of_the_urdf(robot, tree):
    assert set(tree.movable) == set(robot.actuated_names)
    assert tree.mass == pytest.approx(robot.mass, abs=1e-9)
    for name in robot.actuated_names:
        assert (tree.joints[name].lower, tree.joints[name].upper) == robot.position_limits_of(name)
        assert tree.joints[name].effort == robot.effort_limit_of(name)


def test_every_body_link_has_something_to_look_at(robot, tree):
    assert sum(len(shapes) for shapes in tree.visuals.values()) > 80
    assert all(tree.visuals[link] for link in ('torso', 'head', 'l_thigh', 'r_foot', 'l_finger_inner'))


def test_importing_it_does_not_load_pinocchio():
    code = (
        'import sys; import humanoid_control.model.link_tree; '
        'sys.exit(any(m in sys.modules for m in ("pinocchio", "mujoco", "cv2")))'
    )
    assert subprocess.run([sys.executable, '-c', code], check=False).returncode == 0


@pytest.mark.parametrize(
    ('body', 'reason'),
    [
        ('<link name="a">', 'not well-formed'),
        (LINK, 'one root link'),
        (LINK + JOINT.replace('link="b"', 'link="c"'), "'c', which is not there"),
        (LINK + JOINT.replace('revolute', 'floating'), "type 'floating'"),
        (LINK + JOINT.replace('0 0 1', '0 0 0'), 'axis of length 0'),
        (LINK + JOINT.replace('0 0 1', '0 x 1'), 'expected 3 finite numbers'),
        (LINK + JOINT.replace('<child link="b"/>', ''), 'no child link'),
        (LINK + JOINT + JOINT.replace('"j"', '"k"'), 'child of two joints'),
        (LINK.replace('"1"', '"0"') + JOINT, 'total mass must be positive'),
        (
            LINK.replace('<link name="b"/>', '<link name="b"><visual><geometry><cone/></geometry></visual></link>')
            + JOINT,
            "kind 'cone'",
        ),
    ],
)
def test_a_malformed_robot_is_refused_with_the_reason(body, reason):
    with pytest.raises(ModelError, match=reason):
        LinkTree(f'<robot name="r">{body}</robot>')
