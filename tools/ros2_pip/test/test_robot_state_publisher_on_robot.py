# SPDX-License-Identifier: Apache-2.0
"""robot_state_publisher places every link of the project's robot where Pinocchio does."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pinocchio
from robot_state_publisher.urdf_joint import product, rotate
from robot_state_publisher.urdf_tree import parse_urdf

from humanoid_control.model.robot_description import load_urdf

ROOT = Path(__file__).resolve().parents[3]


def test_every_link_is_where_pinocchio_has_it():
    urdf = load_urdf(ROOT / 'urdf' / 'humanoid.urdf.xacro')
    model = pinocchio.buildModelFromXML(urdf, pinocchio.JointModelFreeFlyer())
    data = model.createData()
    generator = np.random.default_rng(1)
    q = pinocchio.neutral(model)
    q[7:] = generator.uniform(model.lowerPositionLimit[7:], model.upperPositionLimit[7:])
    pinocchio.framesForwardKinematics(model, data, q)

    joints = {joint.child: joint for joint in parse_urdf(urdf)}
    (root,) = {joint.parent for joint in joints.values()} - set(joints)
    assert len(joints) > 40
    for link in joints:
        translation, rotation = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)
        chain, at = [], link
        while at in joints:
            chain.append(joints[at])
            at = joints[at].parent
        for joint in reversed(chain):
            position = q[model.joints[model.getJointId(joint.name)].idx_q] if model.existJointName(joint.name) else 0.0
            step, turn = joint.transform(float(position))
            moved = rotate(rotation, step)
            translation = tuple(a + b for a, b in zip(translation, moved, strict=True))
            rotation = product(rotation, turn)
        expected = data.oMf[model.getFrameId(root)].inverse() * data.oMf[model.getFrameId(link)]
        np.testing.assert_allclose(translation, expected.translation, atol=1e-9, err_msg=link)
        np.testing.assert_allclose(pinocchio.Quaternion(np.array(rotation)).toRotationMatrix(), expected.rotation,
                                   atol=1e-9, err_msg=link)
