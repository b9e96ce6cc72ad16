# SPDX-License-Identifier: Apache-2.0
"""The nodes as processes, fed with pictures of the simulated station by a stand-in for the robot's topics."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from nav_msgs.msg import OccupancyGrid, Odometry
from sensor_msgs.msg import CameraInfo, Image, JointState
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection3DArray
from visualization_msgs.msg import MarkerArray

from humanoid_control.walking.walk_status_codec_node import read_occupied
from humanoid_perception.nodes.detection_messages_node import fill_pose

SCRIPTS = Path(__file__).parents[2] / 'scripts'
PATIENCE = 40.0  # [s] of wall time
PERIOD = 0.2  # [s] of simulated time between images


class RobotStandIn:
    """Publishes a standing robot's state and what its head camera sees; collects the answers."""

    def __init__(self, scene) -> None:
        self.scene = scene
        self.node = rclpy.create_node('robot_stand_in')
        publish = self.node.create_publisher
        self._joints = publish(JointState, 'joint_states', 10)
        self._odometry = publish(Odometry, 'odom', 10)
        self._images = {k: publish(Image, f'head_camera/{k}/image_raw', 1) for k in ('color', 'depth')}
        self._info = publish(CameraInfo, 'head_camera/color/camera_info', 1)
        self.stations: list[Detection3DArray] = []
        self.parts: list[Detection3DArray] = []
        self.obstacles: list[OccupancyGrid] = []
        self.transforms: list[TFMessage] = []
        self.markers: list[MarkerArray] = []
        self.statuses: dict[str, DiagnosticStatus] = {}
        for kind, topic, store in (
            (Detection3DArray, 'detections/station', self.stations),
            (Detection3DArray, 'detections/parts', self.parts),
            (OccupancyGrid, 'obstacles', self.obstacles),
            (TFMessage, '/tf', self.transforms),
            (MarkerArray, 'markers', self.markers),
        ):
            self.node.create_subscription(kind, topic, store.append, 10)
        self.node.create_subscription(DiagnosticArray, 'diagnostics', self._on_diagnostics, 10)
        self.time = 10.0
        self.pictures = scene.images()
        self.eyes_open = True

    def _on_diagnostics(self, array: DiagnosticArray) -> None:
        self.statuses.update({status.name: status for status in array.status})

    def step(self) -> None:
        """Publish one period: states at 100 Hz, and an image pair at its end."""
        for _ in range(round(PERIOD / 0.01)):
            self.time = round(self.time + 0.01, 6)
            stamp = rclpy.time.Time(nanoseconds=round(self.time * 1e9)).to_msg()
            joints = JointState(name=[*self.scene.robot.joint_names, 'l_gripper_joint'])
            joints.header.stamp = stamp
            joints.position = [*map(float, self.scene._joints), 0.02]
            self._joints.publish(joints)
            odometry = Odometry()
            odometry.header.stamp = stamp
            fill_pose(odometry.pose.pose, self.scene._base)
            self._odometry.publish(odometry)
        if self.eyes_open:
            self._publish_images(stamp)
        rclpy.spin_once(self.node, timeout_sec=0.02)

    def _publish_images(self, stamp) -> None:
        info = CameraInfo(width=640, height=480, distortion_model='plumb_bob', d=[0.0] * 5)
        info.header.stamp, info.header.frame_id = stamp, self.scene.optical_frame
        info.k = self.scene.camera.matrix.ravel()
        self._info.publish(info)
        for kind, encoding, picture in zip(('color', 'depth'), ('rgb8', '32FC1'), self.pictures):
            image = Image(height=480, width=640, encoding=encoding, step=640 * (3 if kind == 'color' else 4))
            image.header.stamp, image.header.frame_id = stamp, self.scene.optical_frame
            image.data.frombytes(picture.tobytes())
            self._images[kind].publish(image)

    def run_until(self, condition, what: str) -> None:
        """Step until `condition()` holds; fails with what there was instead."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                told = {name: (status.level, status.message) for name, status in self.statuses.items()}
                pytest.fail(f'{what} did not come within {PATIENCE:.0f} s; diagnostics: {told}')
            self.step()
            for _ in range(5):
                rclpy.spin_once(self.node, timeout_sec=0.005)


def start(name: str, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, str(SCRIPTS / name), '--ros-args', '-p', 'nice:=0', *arguments]
    # the package of this checkout, whether or not one is installed
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(SCRIPTS.parent), os.environ.get('PYTHONPATH', '')]))
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.fixture(scope='module')
def robot(scene_of_session):
    rclpy.init()
    scene_of_session.arrange(3)
    stand_in = RobotStandIn(scene_of_session)
    yield stand_in
    stand_in.node.destroy_node()
    rclpy.try_shutdown()


@pytest.fixture(scope='module')
def eyes(robot):
    processes = {name: start(name) for name in ('station_localiser', 'part_detector')}
    yield processes
    end(*processes.values())


def end(*processes: subprocess.Popen) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


@pytest.fixture(scope='module')
def watchman(robot):
    process = start('obstacle_detector')
    yield process
    end(process)


def position(detection) -> np.ndarray:
    point = detection.results[0].pose.pose.position
    return np.array([point.x, point.y, point.z])


def by_kind(array: Detection3DArray, kind: str) -> dict[str, np.ndarray]:
    return {d.id: position(d) for d in array.detections if d.results[0].hypothesis.class_id == kind}


def complaint(robot, node: str) -> str:
    status = robot.statuses.get(f'{node}: head_camera')
    return status.message if status is not None and status.level == DiagnosticStatus.WARN else ''


def test_station_and_parts_are_published_in_odom(robot, eyes):
    robot.run_until(lambda: len(robot.stations) > 1 and len(robot.parts) > 2, 'detections of station and parts')
    truth = robot.scene.truth()
    (station,) = robot.stations[-1].detections
    assert robot.stations[-1].header.frame_id == 'odom' and station.id == 'nut_station'
    assert np.linalg.norm(position(station) - truth.station.translation) < 0.003
    parts = robot.parts[-1]
    assert parts.header.frame_id == 'odom'
    nuts, pins = by_kind(parts, 'nut'), by_kind(parts, 'pin')
    assert len(nuts) == 8 and sorted(pins) == ['left_pin', 'right_pin']
    for pose in truth.nuts.values():
        assert min(np.linalg.norm(p - pose.translation) for p in nuts.values()) < 0.004
    for side, pose in truth.pins.items():
        assert np.linalg.norm(pins[f'{side}_pin'] - pose.translation) < 0.003
    covariance = np.reshape(parts.detections[0].results[0].pose.covariance, (6, 6))
    assert np.all(np.linalg.eigvalsh(covariance) > 0)


def test_names_of_nuts_stay_from_image_to_image(robot, eyes):
    count = len(robot.parts)
    robot.run_until(lambda: len(robot.parts) > count + 2, 'more detections of parts')
    before, after = by_kind(robot.parts[-2], 'nut'), by_kind(robot.parts[-1], 'nut')
    assert before.keys() == after.keys()
    assert all(np.linalg.norm(before[name] - after[name]) < 0.002 for name in before)


def test_transform_and_markers_are_published(robot, eyes):
    robot.run_until(lambda: robot.transforms and robot.markers, 'transform and markers')
    (transform,) = robot.transforms[-1].transforms
    assert (transform.header.frame_id, transform.child_frame_id) == ('odom', 'nut_station')
    assert {m.ns for m in robot.markers[-1].markers} == {'parts'}
    assert len({m.id for m in robot.markers[-1].markers}) == len(robot.markers[-1].markers)


def test_a_board_out_of_view_is_told_after_a_while_only(robot, eyes):
    def frames() -> int:
        return int(next(v.value for v in robot.statuses['station_localiser: head_camera'].values if v.key == 'frames'))

    robot.run_until(lambda: 'station_localiser: head_camera' in robot.statuses, 'diagnostics')
    pictures, count = robot.pictures, frames()
    robot.pictures = (np.ascontiguousarray(pictures[0][:, ::-1]), pictures[1])  # mirrored tags are none
    robot.run_until(lambda: frames() > count + 5, 'images without a board')
    assert not complaint(robot, 'station_localiser')
    robot.time += 21.0
    robot.run_until(lambda: 'turn the camera to the board' in complaint(robot, 'station_localiser'), 'a complaint')
    robot.pictures = pictures
    robot.run_until(lambda: not complaint(robot, 'station_localiser'), 'end of the complaint')


def test_covered_camera_is_named_and_recovery_told(robot, eyes):
    pictures = robot.pictures
    robot.pictures = (np.zeros_like(pictures[0]), pictures[1])
    for node in eyes:
        robot.run_until(lambda n=node: 'uncover the lens' in complaint(robot, n), f'complaint of {node}')
        assert 'head_camera/color/image_raw' in complaint(robot, node)
    count = len(robot.parts)
    robot.pictures = pictures
    robot.run_until(lambda: not any(complaint(robot, n) for n in eyes), 'end of the complaints')
    assert len(robot.parts) > count


def test_lost_depth_is_named(robot, eyes):
    pictures = robot.pictures
    robot.pictures = (pictures[0], np.full_like(pictures[1], np.nan))
    robot.run_until(lambda: 'depth pixels have a return' in complaint(robot, 'part_detector'), 'complaint about depth')
    robot.pictures = pictures
    robot.run_until(lambda: not complaint(robot, 'part_detector'), 'end of the complaint')


def test_silent_camera_is_named(robot, eyes):
    robot.eyes_open = False
    for node in eyes:
        robot.run_until(lambda n=node: 'start the camera' in complaint(robot, n), f'complaint of {node}')
    robot.eyes_open = True
    robot.run_until(lambda: not any(complaint(robot, n) for n in eyes), 'end of the complaints')


def test_the_bench_is_an_obstacle_in_odom_and_nothing_else_is(robot, watchman):
    robot.run_until(lambda: robot.obstacles and max(robot.obstacles[-1].data) == 100, 'obstacles')
    grid = robot.obstacles[-1]
    assert grid.header.frame_id == 'odom' and len(grid.data) == grid.info.width * grid.info.height
    truth, bench = robot.scene.truth().station, robot.scene.station.bench
    cells = read_occupied(grid)
    on_station = (np.column_stack([cells, np.zeros(len(cells))]) - truth.translation) @ truth.rotation
    assert np.all(np.abs(on_station[:, :2] - bench.centre) < np.array(bench.size) / 2 + grid.info.resolution)
    assert len(cells) > 20
    assert np.array_equal(np.unique(grid.data), (-1, 0, 100))  # the floor beside the bench is in view


def test_a_camera_without_depth_is_named_and_obstacles_stop(robot, watchman):
    pictures = robot.pictures
    robot.pictures = (pictures[0], np.full_like(pictures[1], np.nan))
    robot.run_until(lambda: 'depth pixels have a return' in complaint(robot, 'obstacle_detector'), 'complaint about depth')
    count = len(robot.obstacles)
    robot.pictures = pictures
    robot.run_until(lambda: len(robot.obstacles) > count, 'obstacles again')
    robot.run_until(lambda: not complaint(robot, 'obstacle_detector'), 'end of the complaint')


def test_obstacle_detector_ends_with_zero_on_control_c(watchman):
    assert watchman.poll() is None
    watchman.send_signal(signal.SIGINT)
    _, errors = watchman.communicate(timeout=20)
    assert watchman.returncode == 0, errors
    assert 'Traceback' not in errors


def test_nodes_end_with_zero_on_control_c(eyes):
    for name, process in eyes.items():
        assert process.poll() is None, f'{name} ended early'
        process.send_signal(signal.SIGINT)
    for name, process in eyes.items():
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 0, f'{name}: {errors}'
        assert 'Traceback' not in errors


@pytest.mark.parametrize(
    ('node', 'arguments', 'names'),
    [
        ('station_localiser', ('-p', 'camera:=third_eye'), ('camera', 'third_eye', 'head_camera')),
        ('part_detector', ('-p', 'camera:=l_wrist_camera'), ('l_wrist_camera', 'depth')),
        ('obstacle_detector', ('-p', 'camera:=l_wrist_camera'), ('l_wrist_camera', 'depth')),
        ('obstacle_detector', ('-p', 'settings_file:=/nowhere.yaml'), ('/nowhere.yaml',)),
        ('part_detector', ('-p', 'station_file:=/nowhere.yaml'), ('/nowhere.yaml',)),
    ],
)
def test_wrong_parameter_ends_the_node_with_its_name(node, arguments, names):
    process = start(node, *arguments)
    _, errors = process.communicate(timeout=40)
    assert process.returncode == 1
    assert 'Traceback' not in errors
    assert all(name in errors for name in names)
