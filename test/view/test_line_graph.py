# SPDX-License-Identifier: Apache-2.0
"""The topic table, the rviz2 file and the diagnostics of every node against the graph of a running shift."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rclpy
import yaml
from browser import wait_for
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from humanoid_control.doctor import TopicTable
from humanoid_control.doctor.examination import present
from humanoid_control.model.robot_description import share_path
from humanoid_control.safety import SafetyState

START = 90.0  # [s] of real time until a shift on a loaded machine has all its nodes
ROS2 = Path(sys.executable).with_name('ros2')
SCRIPTS = Path(__file__).resolve().parents[2] / 'scripts'
TABLE = TopicTable.load()
LEVELS = {DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR, DiagnosticStatus.STALE}


@pytest.fixture(scope='module')
def graph(tmp_path_factory):
    """A node that sees the graph of a shift at work, with a stop button that nobody presses."""
    button = tmp_path_factory.mktemp('input') / 'event3'
    os.mkfifo(button)
    wire = os.open(button, os.O_RDWR)
    program = str(ROS2) if ROS2.exists() else shutil.which('ros2')
    process = subprocess.Popen(
        [
            *(program, 'launch', 'humanoid_assembly', 'shift.launch.py'),
            *('cycles:=99', 'web:=true', 'port:=0', f'stop_buttons:=input:{button}'),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        rclpy.init()
        node = rclpy.create_node('test_line_graph')
        end = time.monotonic() + START
        while (missing(node) or absent(node)) and time.monotonic() < end:
            rclpy.spin_once(node, timeout_sec=0.2)
            assert process.poll() is None, f'the shift ended with code {process.returncode} before all were there'
        yield node
        node.destroy_node()
    finally:
        rclpy.try_shutdown()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)
        os.close(wire)


def missing(node: Node) -> list[str]:
    """Topics of the table that nobody publishes though a publisher of theirs runs or should run in a shift."""
    outside = ('rviz2', 'hand_markers', 'joint_driver')
    return [
        name
        for name, topic in TABLE.topics.items()
        if topic.publishers and not set(topic.publishers) <= set(outside) and node.count_publishers(name) == 0
    ]


def absent(node: Node) -> set[str]:
    """Roles of the table that no node has; a node's name travels apart from its topics and may come after them."""
    running = tuple(node.get_node_names())
    roles = {name for topic in TABLE.topics.values() for name in topic.publishers} - {'rviz2', 'hand_markers'}
    return {role for role in roles if not present(role, running)}


def test_everything_in_the_table_is_published(graph):
    assert missing(graph) == []
    assert absent(graph) == set(), graph.get_node_names()


@pytest.mark.parametrize('name', sorted(TABLE.topics))
def test_type_and_quality_are_those_of_the_table(graph, name):
    topic = TABLE[name]
    for info in graph.get_publishers_info_by_topic(graph.resolve_topic_name(name)):
        assert info.topic_type == topic.type, info.node_name
        offered = info.qos_profile.reliability.name.lower(), info.qos_profile.durability.name.lower()
        assert topic.reliability in ('best_effort', offered[0]), f'{info.node_name} offers {offered}'
        assert topic.durability in ('volatile', offered[1]), f'{info.node_name} offers {offered}'


@pytest.mark.parametrize('name', sorted(TABLE.topics))
def test_every_listener_is_served_by_every_publisher(graph, name):
    full = graph.resolve_topic_name(name)
    for listener in graph.get_subscriptions_info_by_topic(full):
        asked = listener.qos_profile.reliability.name.lower(), listener.qos_profile.durability.name.lower()
        for info in graph.get_publishers_info_by_topic(full):
            offered = info.qos_profile.reliability.name.lower(), info.qos_profile.durability.name.lower()
            assert asked[0] == 'best_effort' or offered[0] == 'reliable', f'{info.node_name} to {listener.node_name}'
            assert asked[1] == 'volatile' or offered[1] == 'transient_local', f'{info.node_name} to {listener.node_name}'


def test_every_display_of_rviz_shows_a_topic_of_the_graph(graph):
    manager = yaml.safe_load(share_path('config', 'rviz', 'line.rviz').read_text(encoding='utf-8'))
    policies = {
        'Best Effort': 'best_effort',
        'Reliable': 'reliable',
        'Volatile': 'volatile',
        'Transient Local': 'transient_local',
    }
    for display in manager['Visualization Manager']['Displays']:
        topic = display.get('Topic', display.get('Description Topic'))
        if topic is None or topic['Value'] == 'goal_pose':  # set by a tool of rviz2 itself
            continue
        infos = graph.get_publishers_info_by_topic(graph.resolve_topic_name(topic['Value']))
        assert infos, f'{display["Name"]}: nobody publishes {topic["Value"]}'
        for info in infos:
            assert policies[topic['Reliability Policy']] in ('best_effort', info.qos_profile.reliability.name.lower())
            assert policies[topic['Durability Policy']] in ('volatile', info.qos_profile.durability.name.lower())


def test_every_node_reports_once_a_second_by_rep_107(graph):
    wait_for(lambda: 'view' in graph.get_node_names(), START, 'the node of the page')
    nodes = {path.name for path in SCRIPTS.iterdir()} & set(graph.get_node_names())
    assert nodes >= {'balance', 'kinematics', 'walking', 'supervisor', 'simulator', 'camera', 'nut_station', 'recorder'}
    reports: dict[str, list[DiagnosticStatus]] = {node: [] for node in nodes}

    def note(message: DiagnosticArray) -> None:
        names = [status.name for status in message.status]
        assert len(set(names)) == len(names), names
        for status in message.status:
            reports.setdefault(status.name.partition(': ')[0], []).append(status)

    listener = graph.create_subscription(DiagnosticArray, 'diagnostics', note, 50)
    end = time.monotonic() + START
    while min(map(len, reports.values())) < 2 and time.monotonic() < end:
        rclpy.spin_once(graph, timeout_sec=0.2)
    graph.destroy_subscription(listener)
    assert {node for node, statuses in reports.items() if len(statuses) < 2} == set()
    assert set(reports) == nodes, 'a status is named after its node'
    for status in (status for statuses in reports.values() for status in statuses):
        assert status.name.partition(': ')[2] and status.hardware_id and status.message, status
        assert status.level in LEVELS
        assert status.values and all(pair.key for pair in status.values), status


def test_without_the_page_the_robot_works_on(graph):
    (view,) = (int(entry.name) for entry in Path('/proc').glob('[0-9]*') if is_view(entry))
    os.kill(view, signal.SIGKILL)
    heard: dict[str, list] = {'safety/state': [], 'joint_states': []}
    listeners = [
        graph.create_subscription(kind, topic, heard[topic].append, 10)
        for kind, topic in ((String, 'safety/state'), (JointState, 'joint_states'))
    ]
    end = time.monotonic() + START
    while min(map(len, heard.values())) < 40 and time.monotonic() < end:
        rclpy.spin_once(graph, timeout_sec=0.2)
    for listener in listeners:
        graph.destroy_subscription(listener)
    assert len(heard['joint_states']) >= 40
    state = SafetyState.from_json(heard['safety/state'][-1].data)
    assert (state.mode, state.faults) == ('running', ())


def is_view(process: Path) -> bool:
    """Whether a folder of /proc is that of the view in this test's ROS domain."""
    try:
        words = (process / 'cmdline').read_bytes().split(b'\0')
        domain = f'ROS_DOMAIN_ID={os.environ["ROS_DOMAIN_ID"]}'.encode()
        return b'__node:=view' in words and domain in (process / 'environ').read_bytes().split(b'\0')
    except OSError:
        return False
