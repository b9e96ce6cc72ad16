# SPDX-License-Identifier: Apache-2.0
"""The whole posture: targets are reached within all limits, feet stay, nothing jumps."""
from __future__ import annotations

import numpy as np
import pinocchio as pin
import pytest

from humanoid_control.kinematics.errors import TargetRefused
from humanoid_control.kinematics.hold_up_monitor import HoldUpMonitor
from humanoid_control.kinematics.reach import ArmChain
from humanoid_control.kinematics.reach.reach_guard import ReachGuard
from humanoid_control.kinematics.settled_posture import settled_posture
from humanoid_control.kinematics.whole_body_kinematics import WholeBodyKinematics
from humanoid_control.model import ModelError

DT = 0.01
SIDES = ('l', 'r')


class Watch:
    """A body whose every tick is checked against its limits."""

    def __init__(self, robot, settings) -> None:
        self.robot, self.settings = robot, settings
        self.body = WholeBodyKinematics(robot, settings)
        self.guard = ReachGuard(self.body, settings)
        self.monitor = HoldUpMonitor(self.body, settings.acceptance)
        self.held_up: dict[str, str] = {}
        self.margin = settings.joints.margin
        self.velocity = settings.joints.velocity_share * robot.velocity_limit
        self.feet = {side: self.sole(side) for side in SIDES}

    def sole(self, side: str) -> pin.SE3:
        """Present pose of a sole."""
        return self.body.state.placement(self.robot.frame_id(self.robot.configuration.legs[side].sole)).copy()

    def hand_error(self, side: str, pose: pin.SE3) -> tuple[float, float]:
        """Distance [m] and angle [rad] of a hand to a pose."""
        frame = self.robot.frame_id(self.robot.configuration.arms[side].gripper)
        offset = self.body.state.placement(frame).actInv(pose)
        return float(np.linalg.norm(offset.translation)), float(np.linalg.norm(pin.log3(offset.rotation)))

    def tick(self) -> None:
        """One tick; fails where a limit isn't kept."""
        before, body = self.body.velocity.copy(), self.body
        body.update(DT)
        self.held_up |= self.monitor.update(DT)
        position, velocity = body.position, body.velocity
        assert (position >= self.robot.lower + self.margin - 1e-9).all()
        assert (position <= self.robot.upper - self.margin + 1e-9).all()
        assert (np.abs(velocity) <= self.velocity + 1e-9).all()
        assert np.abs(velocity - before).max() <= self.settings.joints.acceleration * DT + 1e-9
        for side in SIDES:
            offset = self.feet[side].actInv(self.sole(side))
            assert np.abs(pin.log6(offset).vector).max() < 1e-3
        if self.settings.collision.margin:
            nearest = body.self_collision.distances(self.robot.model, body.state.data).min()
            assert nearest >= self.settings.collision.margin

    def settle(self, longest: float = 8.0) -> None:
        """Tick until no trajectory is under way, and a little longer."""
        for _ in range(int(longest / DT)):
            self.tick()
            if not self.body.moving:
                break
        for _ in range(5):
            self.tick()


@pytest.fixture
def watch(robot, settings) -> Watch:
    return Watch(robot, settings)


def random_pose(watch: Watch, side: str, rng: np.random.Generator) -> pin.SE3:
    """Pose that some posture of an arm brings the hand to, in front of the robot, clear of its body, elbow bent.

    Arms that reach out as far as they can hold one another up: each leans the body over a little.
    """
    chain, body = ArmChain.of_arm(watch.robot, side, watch.settings), watch.body
    arm = {f'{side}_{link}' for link in ('upper_arm', 'forearm', 'wrist', 'gripper_base')}
    own = [index for index, links in enumerate(body.self_collision.links) if arm & set(links)]
    for _ in range(10_000):
        posture = rng.uniform(chain.lower + 0.1, chain.upper - 0.3)
        pose = body.torso_target({side: posture}) * chain.forward(posture)
        q = body.state.q.copy()
        q[7 + body.hands[side].joints] = posture
        data = watch.robot.model.createData()
        pin.forwardKinematics(watch.robot.model, data, q)
        clear = body.self_collision.distances(watch.robot.model, data)[own].min() > 0.04
        if clear and pose.translation[0] > 0.05 and pose.translation[2] > 0.5:
            return pose
    raise AssertionError('no pose found')


@pytest.mark.parametrize('seed', range(4))
def test_random_reachable_targets_are_reached_within_limits_or_said_to_be_held_up(watch, seed):
    """A way may lead along the end of an arm's reach with its wrist at a limit; one in 300 ends there, and says so."""
    rng = np.random.default_rng(seed)
    held_up = 0
    for index in range(50):
        side = SIDES[index % 2]
        pose = random_pose(watch, side, rng)
        watch.guard.lead(side, pose)
        watch.settle()
        distance, angle = watch.hand_error(side, pose)
        if distance > 1e-3 or angle > 0.01:
            assert side in watch.held_up, f'target {index} {side}: {distance:.4f} m, {angle:.4f} rad'
            held_up += 1
            watch.held_up.clear()
    assert not watch.held_up
    assert held_up <= 1


def test_both_hands_together_follow_a_servo_stream(watch):
    start = {side: pin.SE3(np.eye(3), np.array([0.38, 0.2 if side == 'l' else -0.2, 1.0])) for side in SIDES}
    for side in SIDES:
        watch.guard.lead(side, start[side])
    watch.settle()
    for tick in range(400):
        phase = 0.02 * tick
        for side in SIDES:
            offset = 0.005 * np.array([np.cos(phase) - 1, np.sin(phase), -0.1 * phase])
            pose = pin.SE3(np.eye(3), start[side].translation + offset)
            watch.guard.lead(side, pose)
        watch.tick()
        for side in SIDES:
            assert watch.hand_error(side, watch.body.hands[side].target)[0] < 0.040 * 0.0105
    assert not watch.held_up


def test_a_creeping_target_is_followed_across_the_workspace(watch):
    pose = pin.SE3(np.eye(3), np.array([0.35, 0.30, 0.95]))
    watch.guard.lead('l', pose)
    watch.settle()
    for _ in range(200):
        pose = pin.SE3(pose.rotation, pose.translation + [0.0003, -0.0008, 0.0002])
        watch.guard.lead('l', pose)
        watch.tick()
    watch.settle()
    assert watch.hand_error('l', pose)[0] < 1e-3


def test_the_robot_squats_with_its_com_over_its_feet_and_its_hands_where_they_were(watch):
    poses = {side: pin.SE3(np.eye(3), np.array([0.30, 0.25 if side == 'l' else -0.25, 0.85])) for side in SIDES}
    for side in SIDES:
        watch.guard.lead(side, poses[side])
    watch.settle()
    height = watch.body.com_height
    watch.body.set_com_height(height - 0.15)
    for _ in range(300):
        watch.tick()
        assert np.linalg.norm(watch.body.state.com[:2]) < 2e-3
    assert watch.body.state.com[2] == pytest.approx(height - 0.15, abs=1e-3)
    for side in SIDES:
        assert watch.hand_error(side, poses[side])[0] < 1e-3


def test_the_torso_pitches_and_the_base_stays_upright(watch):
    watch.body.set_torso_pitch(0.3)
    watch.settle()
    torso = watch.body.state.placement(watch.robot.frame_id('torso')).rotation
    base = watch.body.state.placement(watch.robot.frame_id('base_link')).rotation
    np.testing.assert_allclose(pin.log3(torso), [0, 0.3, 0], atol=0.01)
    assert np.linalg.norm(pin.log3(base)) < 0.03


def test_the_head_looks_at_a_point_while_the_torso_moves(watch):
    point = np.array([0.5, 0.2, 0.9])
    watch.body.set_gaze(point)
    watch.settle()
    watch.body.set_torso_pitch(0.15)
    for _ in range(150):
        watch.tick()
        eye = watch.body.state.placement(watch.robot.frame_id('gaze'))
        direction = eye.actInv(point)
        assert np.arctan2(np.linalg.norm(direction[1:]), direction[0]) < 0.02


def test_without_targets_the_posture_holds(watch):
    before = watch.body.position.copy()
    for _ in range(200):
        watch.tick()
    # the CoM of the stand posture is 8 mm off the middle of the soles
    np.testing.assert_allclose(watch.body.position, before, atol=0.02)
    for hand in watch.body.hands.values():
        np.testing.assert_allclose(watch.body.position[hand.joints], before[hand.joints], atol=1e-4)


def test_a_measured_posture_is_taken_over_without_a_jump_and_levelled(robot, settings):
    rng = np.random.default_rng(5)
    body = WholeBodyKinematics(robot, settings)
    measured = robot.stand_posture()[7:] + rng.normal(scale=0.01, size=len(robot.joint_names))
    body.reset(dict(zip(robot.joint_names, measured)))
    np.testing.assert_allclose(body.position, measured, atol=1e-12)
    last = body.velocity.copy()
    for tick in range(500):
        body.update(DT)
        assert np.abs(body.velocity - last).max() < 3.0 * DT, f'tick {tick}'
        last = body.velocity.copy()
    assert np.linalg.norm(body.state.com[:2]) < 1e-3
    soles = [body.state.placement(robot.frame_id(robot.configuration.legs[side].sole)) for side in SIDES]
    for sole in soles:
        assert abs(sole.translation[2]) < 1e-3 and abs(sole.rotation[2, 2] - 1) < 1e-5
    np.testing.assert_allclose((soles[0].translation + soles[1].translation) / 2, 0.0, atol=2e-3)
    assert np.abs(body.velocity).max() < 1e-3


def test_an_unreachable_target_is_refused_and_the_hand_keeps_its_own(watch):
    near = pin.SE3(np.eye(3), np.array([0.35, 0.25, 1.0]))
    watch.guard.lead('l', near)
    with pytest.raises(TargetRefused, match=r'\(3.000, 0.000, 1.000\) m unreachable: 2\.\d+ m beyond reach'):
        watch.guard.lead('l', pin.SE3(np.eye(3), np.array([3.0, 0.0, 1.0])))
    watch.settle()
    assert watch.hand_error('l', near)[0] < 1e-3


def test_a_stream_that_creeps_out_of_reach_is_stopped_at_the_edge(watch):
    pose = pin.SE3(np.eye(3), np.array([0.35, 0.30, 0.9]))
    watch.guard.lead('l', pose)
    watch.settle()
    with pytest.raises(TargetRefused, match='unreachable'):
        for _ in range(1000):
            pose = pin.SE3(pose.rotation, pose.translation + [0.002, 0.0, 0.0])
            watch.guard.lead('l', pose)
            watch.tick()
    watch.body.stop_hand('l')
    for _ in range(100):
        watch.tick()
    assert np.abs(watch.body.velocity).max() < 0.02
    assert watch.hand_error('l', watch.body.hands['l'].target)[0] < 0.01


def test_a_stopped_hand_comes_to_rest(watch):
    watch.guard.lead('l', pin.SE3(np.eye(3), np.array([0.40, 0.30, 1.0])))
    for _ in range(30):
        watch.tick()
    watch.body.stop_hand('l')
    for _ in range(60):
        watch.tick()
    assert np.abs(watch.body.velocity).max() < 0.02
    assert not watch.held_up


def test_a_hand_that_is_held_up_is_stopped_and_told_why(watch):
    # bypasses the check of reach, as a body that moves away does
    target = pin.SE3(np.eye(3), np.array([0.9, 0.3, 1.0]))
    watch.body.lead_straight('l', target)
    for _ in range(300):
        watch.tick()
        if watch.held_up:
            break
    assert 'held up' in watch.held_up['l'] and 'length of the arm' in watch.held_up['l']
    for _ in range(100):
        watch.tick()
    assert np.abs(watch.body.velocity).max() < 0.05
    assert watch.hand_error('l', watch.body.hands['l'].target)[0] < 0.01


@pytest.mark.parametrize('dt', [0.0, -0.01, float('nan'), 100.0])
def test_senseless_time_steps_are_refused(watch, dt):
    with pytest.raises(ValueError, match='dt'):
        watch.body.update(dt)


def test_long_ticks_are_divided(robot, settings):
    fine, coarse = (WholeBodyKinematics(robot, settings) for _ in range(2))
    for body in (fine, coarse):
        body.set_com_height(0.8)
    for _ in range(40):
        fine.update(0.01)
    for _ in range(8):
        coarse.update(0.05)
    np.testing.assert_allclose(fine.position, coarse.position, atol=1e-3)


def test_bad_postures_are_refused_and_the_old_one_stays(watch):
    before = watch.body.position.copy()
    names = watch.robot.joint_names
    with pytest.raises(ModelError, match='l_knee'):
        watch.body.reset({name: 0.0 for name in names if name != 'l_knee'})
    with pytest.raises(ValueError, match='finite'):
        watch.body.reset({name: float('nan') for name in names})
    np.testing.assert_array_equal(watch.body.position, before)


def test_the_settled_posture_is_the_one_that_targets_lead_to(robot, settings):
    q = settled_posture(robot, settings, torso_pitch=0.1, com_height=0.88)
    data = robot.model.createData()
    com = pin.centerOfMass(robot.model, data, q)
    np.testing.assert_allclose(com, [0, 0, 0.88], atol=1e-3)


@pytest.mark.parametrize('seed', [17, 35, 38])
def test_an_arm_that_was_stretched_to_its_end_comes_back(robot, settings, seed):
    """With elbows that could bend backwards these arms did so on the way out, and were caught there."""
    body, rng = WholeBodyKinematics(robot, settings), np.random.default_rng(seed)
    frame = robot.frame_id(robot.configuration.arms['r'].gripper)
    turned = body.state.placement(frame).rotation.copy()
    body.set_torso_pitch(0.12)

    def lead(position: tuple[float, float, float], duration: float) -> float:
        pose = pin.SE3(turned, np.array(position))
        body.lead_straight('r', pose)
        for _ in range(round(duration / DT)):
            body.update(DT)
        return float(np.linalg.norm(body.state.placement(frame).translation - pose.translation))

    lead((0.3, -0.35, 0.95), 1.5)
    lead((0.46 + rng.uniform(0, 0.1), -0.34 + rng.uniform(-0.05, 0.05), 0.9 + rng.uniform(0, 0.1)), 1.5)
    lead((0.46 + rng.uniform(-0.03, 0), -0.25 + rng.uniform(-0.05, 0.05), 1.0), 1.2)
    assert lead((0.433, -0.15, 0.97), 1.2) < settings.acceptance.lost_distance
    assert lead((0.16, -0.4, 0.95), 1.2) < 0.002
