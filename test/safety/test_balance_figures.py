# SPDX-License-Identifier: Apache-2.0
"""Support polygon, pressure and divergent motion against Pinocchio and geometry."""

from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanoid_control.balance import BalanceConfiguration
from humanoid_control.model import RobotModel
from humanoid_control.model.link_tree import LinkTree
from humanoid_control.safety import BalanceFigures, RobotSample
from humanoid_control.safety.balance_figures import GRAVITY, convex_hull, polygon_margin
from humanoid_control.safety.settings import SafetySettings

COORDINATE = st.floats(-1, 1, allow_nan=False).map(lambda x: round(x, 3))


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.fixture
def standing(robot) -> RobotSample:
    """Stand posture, each sole loaded at its middle."""
    q = robot.stand_posture()
    sample = RobotSample(base=pin.XYZQUATToSE3(q[:7]).homogeneous)
    sample.position = {name: float(q[index]) for name, index in robot.q_index.items()}
    for side in ('l', 'r'):
        sample.sole_force[side] = np.array((0.0, 0.0, 250.0))
        sample.sole_torque[side] = np.zeros(3)
    return sample


@pytest.fixture(scope='module')
def figures(robot) -> BalanceFigures:
    return BalanceFigures(LinkTree(robot.urdf), robot.configuration)


def test_centre_of_mass_and_dcm_agree_with_pinocchio(robot, figures, standing):
    rng = np.random.default_rng(1)
    velocity = rng.normal(0, 0.3, robot.model.nv)
    standing.base_linear, standing.base_angular = velocity[:3], velocity[3:6]
    standing.velocity = {name: float(velocity[index]) for name, index in robot.v_index.items()}
    data = robot.model.createData()
    q = robot.stand_posture()
    pin.centerOfMass(robot.model, data, q, velocity)
    balance = figures.compute(standing)
    # the gripper joints are at their posture in the one and at 0 in the other
    np.testing.assert_allclose(balance.centre_of_mass, data.com[0], atol=2e-4)
    expected = data.com[0] + data.vcom[0] * np.sqrt(data.com[0][2] / GRAVITY)
    np.testing.assert_allclose(balance.dcm[:2], expected[:2], atol=1e-3)


def test_standing_evenly_puts_the_pressure_in_the_middle_of_the_polygon(figures, standing):
    balance = figures.compute(standing)
    np.testing.assert_allclose(balance.centre_of_pressure, np.zeros(3), atol=1e-9)
    assert len(balance.support) == 4
    assert balance.pressure_margin == pytest.approx(0.11, abs=1e-6)


def test_a_torque_about_y_moves_the_pressure_along_x(figures, standing):
    for side in ('l', 'r'):
        standing.sole_torque[side] = np.array((0.0, -250.0 * 0.05, 0.0))
    balance = figures.compute(standing)
    np.testing.assert_allclose(balance.centre_of_pressure[:2], (0.05, 0.0), atol=1e-9)
    assert balance.pressure_margin == pytest.approx(0.06, abs=1e-6)


def test_a_lifted_foot_leaves_the_other_sole_as_support(figures, standing):
    standing.sole_force['r'] = np.zeros(3)
    balance = figures.compute(standing)
    assert balance.contact == {'l': True, 'r': False}
    assert np.all(balance.support[:, 1] > 0)
    assert balance.dcm_margin < 0 < balance.pressure_margin


def test_the_dcm_is_as_far_as_the_nearest_sole_lifted_or_not(figures, standing):
    standing.sole_force['r'] = np.zeros(3)
    standing.base_linear = np.array((0.0, -1.0, 0.0))      # towards the lifted sole
    balance = figures.compute(standing)
    away = {side: float(np.hypot(*(balance.dcm - pose[:3, 3])[:2])) for side, pose in balance.soles.items()}
    assert away['r'] < away['l'] and balance.dcm_distance == pytest.approx(away['r'])


def test_balance_gives_up_before_the_supervisor_sits_the_robot_down():
    assert SafetySettings.load().balance.capture_distance > BalanceConfiguration.load()['safety.capture_distance']


def test_in_the_air_there_is_no_pressure_and_no_margin(figures, standing):
    standing.sole_force.clear()
    balance = figures.compute(standing)
    assert balance.centre_of_pressure is None and balance.dcm_margin is None and len(balance.support) == 0


def test_nothing_is_computed_before_joints_and_base_are_known(figures):
    assert figures.compute(RobotSample()) is None


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=5, max_size=16, unique=True))
def test_the_hull_is_convex_and_holds_all_points(points):
    cloud = np.array([(x, y, 0.0) for x, y in points])
    if np.linalg.matrix_rank(cloud[:, :2] - cloud[0, :2], tol=1e-6) < 2:
        return
    hull = convex_hull(cloud)
    assert all(polygon_margin(hull, point) > -1e-9 for point in cloud)
    assert all(polygon_margin(hull, hull[i]) == pytest.approx(0.0, abs=1e-9) for i in range(len(hull)))
    assert polygon_margin(hull, hull.mean(axis=0)) > 0
    assert polygon_margin(hull, np.array((5.0, 0.0))) < -3
