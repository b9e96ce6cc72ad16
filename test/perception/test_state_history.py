# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import mujoco
import numpy as np
import pinocchio as pin
import pytest

from humanoid_perception.camera_pose_chain import CameraPoseChain
from humanoid_perception.errors import PerceptionError, StaleStateError
from humanoid_perception.state_history import StateHistory

QUATERNION = (0.0, 0.0, 0.0, 1.0)


@pytest.fixture
def history() -> StateHistory:
    history = StateHistory(('elbow', 'neck'))
    history.add_joints(1.00, ('neck', 'thumb', 'elbow'), (0.2, 9.0, 1.0))
    history.add_joints(1.02, ('neck', 'thumb', 'elbow'), (0.4, 9.0, 2.0))
    history.add_base(1.00, (0.0, 0.0, 0.9), QUATERNION)
    history.add_base(1.02, (0.02, 0.0, 0.9), (0.0, 0.0, np.sin(0.05), np.cos(0.05)))
    return history


def test_state_between_samples_is_interpolated_by_name(history):
    base, joints = history.at(1.005)
    assert np.allclose(joints, [1.25, 0.25])
    assert np.allclose(base.translation, [0.005, 0, 0.9], atol=3e-4)  # along a screw
    assert np.isclose(pin.log3(base.rotation)[2], 0.025)


def test_state_just_beyond_the_newest_is_held(history):
    assert np.allclose(history.at(1.05)[1], [2.0, 0.4])


def test_state_far_from_the_stamp_is_stale(history):
    with pytest.raises(StaleStateError, match='joint_states: nearest state is 0.48 s'):
        history.at(1.5)
    with pytest.raises(StaleStateError, match='nothing received yet'):
        StateHistory(('elbow',)).at(0.0)


def test_joints_are_taken_by_name_when_the_order_changes(history):
    history.add_joints(1.04, ('elbow', 'neck'), (3.0, 0.6))
    assert np.allclose(history.at(1.04)[1], [3.0, 0.6])


def test_missing_or_broken_joints_are_named(history):
    with pytest.raises(PerceptionError, match='neck'):
        history.add_joints(1.1, ('elbow',), (1.0,))
    with pytest.raises(PerceptionError, match='elbow'):
        history.add_joints(1.1, ('elbow', 'neck'), (float('nan'), 0.0))
    with pytest.raises(PerceptionError, match='odom'):
        history.add_base(1.1, (0, 0, 0), (0, 0, 0, 0))


def test_history_starts_anew_when_time_goes_back(history):
    history.add_joints(10.0, ('elbow', 'neck'), (0.0, 0.0))
    history.add_joints(0.5, ('elbow', 'neck'), (7.0, 7.0))
    history.add_base(10.0, (0.0, 0.0, 0.9), QUATERNION)
    history.add_base(0.5, (0.5, 0.0, 0.9), QUATERNION)
    base, joints = history.at(0.5)
    assert joints[0] == 7.0 and base.translation[0] == 0.5


def test_camera_pose_agrees_with_the_simulator(scene):
    truth = scene.truth()
    mujoco.mj_forward(scene.world.model, scene.world.data)
    camera = scene.world.data.cam('head_camera')
    optical = camera.xmat.reshape(3, 3) @ np.diag([1.0, -1.0, -1.0])
    assert np.allclose(truth.camera.translation, camera.xpos, atol=1e-9)
    assert np.allclose(truth.camera.rotation, optical, atol=1e-9)


def test_camera_pose_follows_the_history(scene):
    chain = CameraPoseChain(scene.robot)
    posture = scene.robot.stand_posture()
    for stamp, yaw in ((0.0, 0.0), (0.1, 0.2)):
        joints = posture[7:].copy()
        joints[scene.robot.joint_names.index('head_yaw')] = yaw
        chain.history.add_joints(stamp, scene.robot.joint_names, joints)
        chain.history.add_base(stamp, posture[:3], QUATERNION)
    start, end = chain.pose(scene.optical_frame, 0.0), chain.pose(scene.optical_frame, 0.05)
    assert np.isclose(np.linalg.norm(pin.log3(start.rotation.T @ end.rotation)), 0.1, atol=1e-6)


def test_cleared_history_knows_nothing(history):
    history.clear()
    with pytest.raises(StaleStateError, match='nothing received yet'):
        history.at(1.0)
