# SPDX-License-Identifier: Apache-2.0
"""What the arms reach, above all at the nut station."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.kinematics.reach import ArmReach
from humanoid_control.kinematics.settled_posture import settled_posture

SIDES = {'l': 1.0, 'r': -1.0}
COM_HEIGHT, TORSO_PITCH = 0.895, 0.12


def down(side: str, x: float, y: float, z: float, yaw: float = 0.0) -> pin.SE3:
    """Fingers straight down; y and yaw [deg] for the left hand, mirrored for the right one."""
    return pin.SE3(pin.utils.rotate('z', np.deg2rad(yaw) * SIDES[side]), np.array([x, y * SIDES[side], z]))


@pytest.fixture(scope='module')
def reach(robot, settings) -> ArmReach:
    """The robot at work, its hands between trays and pins."""
    hands = {side: down(side, 0.40, 0.22, 1.0) for side in SIDES}
    return ArmReach(robot, settled_posture(robot, settings, torso_pitch=TORSO_PITCH, com_height=COM_HEIGHT, hands=hands), settings)


@pytest.mark.parametrize('side', SIDES)
@pytest.mark.parametrize('yaw', [-45, -30, -15, 0])
def test_trays_and_pins_are_reached_with_fingers_down(reach, side, yaw):
    for place in ((0.40, 0.30, 0.92), (0.40, 0.30, 1.0), (0.40, 0.14, 0.95), (0.40, 0.14, 1.0)):
        result = reach.solve(side, down(side, *place, yaw))
        assert result.reachable, f'{place}: {result.reason}'
        assert result.margin > 0.1
        assert result.clearance >= 0.015
        assert reach.hand_pose(side, result.posture).isApprox(result.pose, 2e-3)


def test_any_nut_has_a_side_to_take_it_by(reach):
    for yaw in range(0, 60, 10):
        margins = []
        for turn in (yaw - 60, yaw):
            results = [reach.solve('l', down('l', *place, turn)) for place in ((0.40, 0.30, 0.912), (0.40, 0.14, 0.97))]
            margins.append(min(r.margin if r.reachable else -1.0 for r in results))
        assert max(margins) > 0.1, f'yaw {yaw} deg'


def test_left_and_right_mirror_one_another(reach):
    for place in ((0.40, 0.30, 0.95), (0.45, 0.2, 1.1), (0.9, 0.3, 1.0)):
        left, right = (reach.solve(side, down(side, *place, -20)) for side in SIDES)
        assert left.reachable == right.reachable
        assert left.position_error == pytest.approx(right.position_error, abs=2e-3)


def test_the_same_question_has_the_same_answer(reach):
    pose = down('l', 0.42, 0.25, 0.95, -10)
    np.testing.assert_array_equal(reach.solve('l', pose).posture, reach.solve('l', pose).posture)


def test_out_of_reach_tells_how_far(reach):
    shoulder = reach.torso.act(np.array([0.0, 0.20, 0.40]))
    pose = pin.SE3(np.eye(3), np.array([1.5, 0.2, 1.0]))
    result = reach.solve('l', pose)
    assert not result.reachable
    assert 'beyond reach' in result.reason and f'{result.position_error:.3f} m' in result.reason
    # no farther than the arm's length can be missing, no nearer than a straight arm comes
    assert result.position_error < np.linalg.norm(pose.translation - shoulder) - 0.3
    np.testing.assert_allclose(np.linalg.norm(reach.hand_pose('l', result.posture).translation - pose.translation),
                               result.position_error, atol=1e-6)


def test_a_place_inside_the_body_is_not_reachable(reach):
    result = reach.solve('l', pin.SE3(np.eye(3), reach.torso.translation + [0.0, 0.05, 0.2]))
    assert not result.reachable and result.reason


def test_the_way_of_the_work_is_free(reach):
    look = down('l', 0.14, 0.42, 0.96, -20)
    for yaw in (-45, -20, 0):
        way = [look, *(down('l', *place, yaw) for place in ((0.40, 0.30, 1.0), (0.40, 0.30, 0.912), (0.40, 0.30, 1.0),
                                                             (0.40, 0.14, 1.0), (0.40, 0.14, 0.942), (0.40, 0.14, 1.0))), look]
        result = reach.follow('l', way)
        assert result.reachable, f'yaw {yaw}: {result.tightest.reason}'
        assert result.margin > 0.02


def test_a_way_through_the_body_is_refused_with_the_place(reach):
    begin, end = down('l', 0.40, 0.30, 1.0), down('l', -0.6, 0.1, 1.2)
    result = reach.follow('l', [begin, end])
    assert not result.reachable
    assert result.tightest.reason
    assert begin.translation[0] > result.tightest.pose.translation[0] > end.translation[0]
