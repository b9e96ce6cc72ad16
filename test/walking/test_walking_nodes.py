# SPDX-License-Identifier: Apache-2.0
"""Nodes `walking` and `balance` over real topics walk the simulated robot."""
from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from geometry_msgs.msg import PoseStamped, Twist
from lockstep_driver import LockstepDriver, finish, start
from nav_msgs.msg import Path as PathMessage

from humanoid_control.balance.walk import Footstep
from humanoid_control.model import RobotModel
from humanoid_control.walking.walk_status_codec_node import write_footsteps

PATIENCE = 120.0     # [s] of simulated time: the walking node may be slow, the world doesn't wait for it


@pytest.fixture(scope='module')
def robot() -> RobotModel:
    return RobotModel.default()


@pytest.fixture
def driver(robot: RobotModel) -> Iterator[LockstepDriver]:
    """A robot with both nodes, which have to end cleanly."""
    driver = LockstepDriver(robot)
    nodes = [start('humanoid_control.balance.balance_node', autostart=True), start('humanoid_control.walking.walking_node')]
    driver.connect()
    # the walking node has something to say once it has heard the gait; what is sent once must find its subscriber
    assert driver.run(PATIENCE, lambda: driver.last('walking/status') == 'no goal' or any(n.poll() is not None for n in nodes))
    assert [node.poll() for node in nodes] == [None, None], [finish(node)[1] for node in nodes if node.poll() is not None]
    driver.until(lambda: all(p.get_subscription_count() for p in (driver.goals, driver.velocities, driver.footsteps)),
                 'subscribers of goal_pose, cmd_vel and walk/footsteps')
    yield driver
    ends = [finish(node) for node in nodes]
    driver.close()
    for code, output in ends:
        assert code == 0, output
        assert 'Traceback' not in output, output


def goal(x: float, y: float, yaw: float, frame: str = 'map') -> PoseStamped:
    message = PoseStamped()
    message.header.frame_id = frame
    message.pose.position.x, message.pose.position.y = x, y
    message.pose.orientation.z, message.pose.orientation.w = math.sin(yaw / 2), math.cos(yaw / 2)
    return message


def test_goal_pose_is_reached_and_told(driver: LockstepDriver) -> None:
    start_place = driver.place()
    driver.goals.publish(goal(0.6, 0.2, 0.4))
    assert driver.run(PATIENCE, lambda: driver.last('walking/status') == 'arrived'), driver.last('walking/status')
    moved = driver.place() - start_place
    c, s = math.cos(start_place[2]), math.sin(start_place[2])
    local = (c * moved[0] + s * moved[1], c * moved[1] - s * moved[0])
    np.testing.assert_allclose(local, (0.6, 0.2), atol=0.05)  # odometry drifts on the way
    assert moved[2] == pytest.approx(0.4, abs=0.05)
    frames = {(t.header.frame_id, t.child_frame_id) for message in driver.heard['/tf'] for t in message.transforms}
    assert {('map', 'odom'), ('odom', 'base_link'), ('base_link', 'base_footprint')} <= frames
    namespaces = {m.ns for message in driver.heard['markers'] for m in message.markers}
    assert {'walking/footsteps', 'walking/goal'} <= namespaces


def test_cmd_vel_walks_until_it_falls_silent(driver: LockstepDriver) -> None:
    start_place = driver.place()
    command = Twist()
    command.linear.x = 0.3
    assert driver.run(PATIENCE, lambda: np.linalg.norm(driver.place()[:2] - start_place[:2]) > 0.4,
                      lambda: driver.velocities.publish(command))
    assert driver.last('walk/status') == 'walking'
    looked_at = driver.heard['gaze/target'][-1]
    assert (looked_at.header.frame_id, looked_at.point.z) == ('base_footprint', 0.0), 'the floor ahead'
    assert driver.run(PATIENCE, lambda: driver.last('walk/status') == 'standing'), 'silence does not stop the robot'


def test_goal_in_an_unknown_frame_or_beyond_the_floor_is_refused_with_the_reason(driver: LockstepDriver) -> None:
    driver.goals.publish(goal(1.0, 0.0, 0.0, 'kitchen'))
    assert driver.run(PATIENCE, lambda: "given in 'kitchen'" in driver.last('walking/status'))
    driver.goals.publish(goal(100.0, 0.0, 0.0))
    assert driver.run(PATIENCE, lambda: 'lies in the edge of the floor' in driver.last('walking/status'))
    assert driver.last('walk/status') == 'standing'


def straight(driver: LockstepDriver, count: int, plan: int) -> PathMessage:
    """Footsteps of 0.1 m ahead from where the robot stands now, closing up at the end, numbered from 1."""
    x0, y0, yaw = driver.place()
    soles = [driver.robot.configuration.legs[side].sole for side in 'lr']
    c, s, steps = math.cos(yaw), math.sin(yaw), []
    for k in range(count):
        x, y = 0.1 * min(k + 1, count - 1), 0.1 if k % 2 == 0 else -0.1
        steps.append(Footstep(k % 2, x0 + c * x - s * y, y0 + s * x + c * y, yaw))
    return write_footsteps(steps, plan, 'odom', soles, first=1)


def test_a_plan_that_is_sent_twice_is_made_once(driver: LockstepDriver) -> None:
    start_place = driver.place()
    path = straight(driver, 4, 7)
    driver.footsteps.publish(path)
    assert driver.run(PATIENCE, lambda: driver.values_of('walk/status').get('footsteps left') == '2')
    driver.footsteps.publish(path)
    assert driver.run(PATIENCE, lambda: driver.last('walk/status') == 'standing')
    assert driver.values_of('walk/status')['plan'] == '7'
    assert np.linalg.norm((driver.place() - start_place)[:2]) == pytest.approx(0.3, abs=0.04)
    assert int(driver.values_of('walk/status')['steps']) <= 6


def test_footsteps_made_while_their_message_was_on_its_way_are_left_out(driver: LockstepDriver) -> None:
    start_place = driver.place()
    longer = straight(driver, 8, 9)
    driver.footsteps.publish(PathMessage(header=straight(driver, 8, 8).header, poses=longer.poses[:5]))
    assert driver.run(PATIENCE, lambda: driver.values_of('walk/status').get('footsteps left') == '2')
    driver.footsteps.publish(longer)
    assert driver.run(PATIENCE, lambda: driver.values_of('walk/status').get('plan') == '9')
    assert int(driver.values_of('walk/status')['footsteps left']) <= 5
    assert driver.run(PATIENCE, lambda: driver.last('walk/status') == 'standing')
    assert np.linalg.norm((driver.place() - start_place)[:2]) == pytest.approx(0.7, abs=0.06)
    assert int(driver.values_of('walk/status')['steps']) <= 10


@pytest.mark.parametrize(('text', 'reason'), [(None, 'cannot be read'), ('frame: map\nresolution: -1\n', 'floor.yaml')])
def test_floor_map_that_does_not_load_ends_the_node_with_its_name(tmp_path: Path, text: str | None, reason: str) -> None:
    path = tmp_path / 'floor.yaml'
    if text is not None:
        path.write_text(text)
    process = start('humanoid_control.walking.walking_node', floor_map=path)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert str(path) in output and reason in output and 'Traceback' not in output, output
