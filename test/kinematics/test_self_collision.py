# SPDX-License-Identifier: Apache-2.0
"""Distances between links: their derivatives, and what is kept when hands are led into one another."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.kinematics.kinematic_state import KinematicState
from humanoid_control.kinematics.limits import SelfCollision
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.model import ModelError

DT = 0.01


def watch(robot, pairs, **options) -> SelfCollision:
    """Pairs of links with arrays of their own."""
    chosen = {'margin': 0.01, 'range_': 1.0, 'gain': 10.0, 'rows': len(pairs), **options}
    collision = SelfCollision(robot.model, robot.urdf, pairs, **chosen)
    collision.bind(np.zeros((collision.rows, robot.model.nv)), np.zeros(collision.rows), np.zeros(collision.rows))
    return collision


def test_rows_are_the_derivatives_of_the_distances(robot):
    collision = watch(robot, [('l_forearm', 'torso'), ('l_forearm', 'r_forearm'), ('r_gripper_base', 'head')])
    q = robot.stand_posture()
    q[7:] += np.random.default_rng(4).uniform(-0.2, 0.2, len(q) - 7)
    state = KinematicState(robot.model, q)
    assert collision.update(state, DT) == 3
    rows, data = collision._constraint.copy(), robot.model.createData()
    order = np.argsort(collision.distances(robot.model, state.data).copy(), kind='stable')
    direction = np.random.default_rng(5).normal(size=robot.model.nv)
    ahead, behind = (pin.integrate(robot.model, q, sign * 1e-5 * direction) for sign in (1, -1))
    found = []
    for posture in (ahead, behind):
        pin.forwardKinematics(robot.model, data, posture)
        found.append(collision.distances(robot.model, data).copy())
    assert len(order) == 3
    np.testing.assert_allclose(rows @ direction, (found[0] - found[1]) / 2e-5, atol=1e-3)


def test_the_nearest_pairs_win_the_rows(robot):
    pairs = list(robot.configuration.collision_pairs)
    collision = watch(robot, pairs, rows=3)
    state = KinematicState(robot.model, robot.stand_posture())
    assert collision.update(state, DT) == 3
    listed = [pair.distance for pair in collision.nearest()]
    np.testing.assert_allclose(listed, np.sort(collision.distances(robot.model, state.data))[:3])


def test_links_beyond_the_range_are_left_alone(robot):
    collision = watch(robot, [('l_wrist', 'r_wrist')], range_=0.02)
    assert collision.update(KinematicState(robot.model, robot.stand_posture()), DT) == 0
    assert collision.nearest() == []


@pytest.mark.parametrize('link', ['tail', 'l_gripper'])
def test_links_without_a_shape_are_named(robot, link):
    with pytest.raises(ModelError, match=link):
        watch(robot, [(link, 'torso')])


@pytest.mark.parametrize('options', [{'margin': 0.2, 'range_': 0.1}, {'gain': 0.0}, {'rows': 0}, {'margin': -0.1}])
def test_senseless_options_are_refused(robot, options):
    with pytest.raises(ValueError, match='margin'):
        watch(robot, [('l_wrist', 'torso')], **options)


@pytest.mark.parametrize('meeting', [(0.35, 0.0, 1.0), (0.15, 0.0, 1.15), (0.02, 0.05, 1.2), (0.1, 0.0, 1.65)])
def test_hands_led_into_body_and_one_another_keep_their_distance(robot, settings, meeting):
    body = WholeBodyKinematics(robot, settings)
    for side in body.hands:
        body.lead_straight(side, pin.SE3(np.eye(3), np.array(meeting)))
    nearest = np.inf
    for _ in range(300):
        body.update(DT)
        nearest = min(nearest, float(body.self_collision.distances(robot.model, body.state.data).min()))
    assert nearest >= settings.collision.margin - 1e-3
    assert nearest < settings.collision.range
