# SPDX-License-Identifier: Apache-2.0
"""Handles of the hands for rviz2, on a stand-in of ROS 2's interactive_markers, and without that package."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import rclpy
from browser import wait_for
from fake_robot import FakeRobot
from geometry_msgs.msg import Pose, PoseStamped
from launch import LaunchContext
from launch_ros.actions import Node
from std_msgs.msg import Header
from visualization_msgs.msg import InteractiveMarker, InteractiveMarkerControl, InteractiveMarkerFeedback

from humanoid_control.model import share_path
from humanoid_control.view.errors import ViewError
from humanoid_control.view.hand_handle_node import BACK, SEND
from humanoid_control.view.hand_markers_node import NAMESPACE, HandMarkersNode

START = 60.0  # [s]
PACKAGE = 'interactive_markers'


class StandInServer:
    """Public interface of interactive_markers.InteractiveMarkerServer; remembers instead of sending."""

    def __init__(self, node: rclpy.node.Node, topic_ns: str, q_size: int = 100):
        assert isinstance(node, rclpy.node.Node)
        self.namespace = topic_ns
        self.markers: dict[str, InteractiveMarker] = {}
        self.callbacks: dict[str, Callable[[InteractiveMarkerFeedback], None]] = {}
        self._pending: dict[str, Callable[[], None]] = {}
        self.moves = 0
        self.ended = False

    def insert(self, marker: InteractiveMarker, *, feedback_callback=None, feedback_type: int = 255) -> None:
        self._pending[marker.name] = lambda: self.markers.__setitem__(marker.name, marker)
        self.callbacks[marker.name] = feedback_callback

    def setPose(self, name: str, pose: Pose, header: Header | None = None) -> bool:
        if name in self.markers:
            self._pending[name] = lambda: setattr(self.markers[name], 'pose', pose)
        return name in self.markers

    def applyChanges(self) -> None:
        self.moves += len(self._pending)
        for change in self._pending.values():
            change()
        self._pending.clear()

    def shutdown(self) -> None:
        self.ended = True

    def drag(self, name: str, event: int, entry: int = 0, **place: float) -> None:
        """What rviz2 reports."""
        feedback = InteractiveMarkerFeedback(marker_name=name, event_type=event, menu_entry_id=entry)
        feedback.header.frame_id = self.markers[name].header.frame_id
        feedback.pose.orientation.w = 1.0
        for axis, value in place.items():
            setattr(feedback.pose.position, axis, value)
        self.callbacks[name](feedback)


@pytest.fixture
def robot() -> Iterator[FakeRobot]:
    robot = FakeRobot()
    yield robot
    robot.close()


@pytest.fixture
def node(robot: FakeRobot, monkeypatch: pytest.MonkeyPatch) -> Iterator[HandMarkersNode]:
    module = types.ModuleType(PACKAGE)
    module.InteractiveMarkerServer = StandInServer
    monkeypatch.setitem(sys.modules, PACKAGE, module)
    rclpy.init()
    node = HandMarkersNode()
    server = node._server
    wait_for(lambda: node.follow() or len(server.markers) == 2, START, 'the handles')
    yield node
    node.close()
    assert server.ended
    node.destroy_node()
    rclpy.shutdown()


@pytest.fixture
def server(node: HandMarkersNode) -> StandInServer:
    return node._server


def place(server: StandInServer, hand: str) -> np.ndarray:
    position = server.markers[hand].pose.position
    return np.array((position.x, position.y, position.z))


def hear(robot: FakeRobot, node: HandMarkersNode, hand: str) -> list[PoseStamped]:
    """Targets of a hand from now on, once its publisher is connected."""
    heard: list[PoseStamped] = []
    robot.node.create_subscription(PoseStamped, f'{hand}/target', heard.append, 5)
    wait_for(lambda: node.count_subscribers(f'{hand}/target'), START, 'the listener')
    return heard


def test_each_hand_has_a_handle_with_six_ways_to_drag_it_and_a_menu(server):
    assert server.namespace == NAMESPACE
    assert set(server.markers) == {'l_hand', 'r_hand'}
    assert place(server, 'l_hand')[1] > 0.1 and place(server, 'r_hand')[1] < -0.1
    for marker in server.markers.values():
        assert marker.header.frame_id == 'odom' and 0.3 < marker.pose.position.z < 1.5
        modes = [control.interaction_mode for control in marker.controls]
        assert modes.count(InteractiveMarkerControl.MOVE_AXIS) == modes.count(InteractiveMarkerControl.ROTATE_AXIS) == 3
        for control in marker.controls:
            q = control.orientation
            assert np.linalg.norm((q.w, q.x, q.y, q.z)) == pytest.approx(1.0)
        assert [entry.id for entry in marker.menu_entries] == [SEND, BACK]


def test_a_handle_follows_its_hand_until_it_is_dragged_and_again_when_sent_back(node, server):
    first = {hand: place(server, hand) for hand in server.markers}
    waving = []

    def moved() -> bool:
        node.follow()
        waving[:] = [hand for hand in first if np.linalg.norm(place(server, hand) - first[hand]) > 0.01]
        return bool(waving)

    wait_for(moved, START, 'a handle that follows the waving arm')
    hand = waving[0]
    server.drag(hand, InteractiveMarkerFeedback.POSE_UPDATE, x=0.5)
    held = place(server, hand)
    before = server.moves
    wait_for(lambda: node.follow() or server.moves > before + 20, START, 'the other handle')
    np.testing.assert_array_equal(place(server, hand), held)
    server.drag(hand, InteractiveMarkerFeedback.MENU_SELECT, BACK)
    wait_for(lambda: node.follow() or np.any(place(server, hand) != held), START, 'the handle on its hand')


def test_the_menu_sends_the_hand_to_its_handle(robot, node, server):
    heard = hear(robot, node, 'l_hand')
    server.drag('l_hand', InteractiveMarkerFeedback.POSE_UPDATE, x=0.4)
    server.drag('l_hand', InteractiveMarkerFeedback.MENU_SELECT, SEND, x=0.42, y=0.2, z=1.1)
    wait_for(lambda: heard, START, 'the target')
    assert len(heard) == 1 and heard[0].header.frame_id == 'odom'
    assert heard[0].header.stamp.sec == heard[0].header.stamp.nanosec == 0
    assert (heard[0].pose.position.x, heard[0].pose.position.y, heard[0].pose.position.z) == (0.42, 0.2, 1.1)


def test_a_hand_that_something_else_moves_is_not_sent_anywhere(robot, node, server):
    heard = hear(robot, node, 'r_hand')
    work = robot.node.create_publisher(PoseStamped, 'r_hand/target', 1)
    wait_for(lambda: node.count_publishers('r_hand/target') == 2, START, 'the other publisher')
    server.drag('r_hand', InteractiveMarkerFeedback.MENU_SELECT, SEND, x=0.4)
    work.publish(PoseStamped())  # comes after what would have been sent
    wait_for(lambda: heard, START, 'the target of the other')
    assert [target.header.frame_id for target in heard] == ['']
    assert 'fake_robot moves it' in node._answer


def test_without_the_package_the_reason_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    with pytest.raises(ViewError, match=PACKAGE):
        HandMarkersNode()


@pytest.mark.parametrize(('rviz', 'markers', 'started'), [(True, True, 1), (True, False, 0), (False, True, 0)])
def test_the_launch_file_starts_it_beside_rviz_where_the_package_is(monkeypatch, rviz, markers, started):
    path = share_path('launch', 'view.launch.py')
    spec = importlib.util.spec_from_file_location('view_launch', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, 'rviz_is_installed', lambda: rviz)
    monkeypatch.setattr(module, 'interactive_markers_are_installed', lambda: markers)
    context = LaunchContext()
    names = ('rviz_file', 'robot_file', 'station_file', 'host', 'token_file', 'namespace')
    context.launch_configurations.update(
        dict.fromkeys(names, ''), rviz='auto', web='auto', port='0', use_sim_time='true'
    )
    nodes = module.viewers(context)
    assert all(isinstance(node, Node) for node in nodes)
    assert sum(node.node_executable == 'hand_markers' for node in nodes) == started
    assert len(nodes) == 1 + started
