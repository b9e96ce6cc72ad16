# SPDX-License-Identifier: Apache-2.0
"""The rviz2 file against the topic table: classes, topics, types and qualities of service."""

from __future__ import annotations

import pytest
import yaml

from humanoid_control.doctor import TopicTable
from humanoid_control.model.robot_configuration import RobotConfiguration
from humanoid_control.model.robot_description import share_path
from humanoid_control.view.hand_markers_node import NAMESPACE

# displays and tools of rviz_default_plugins with a topic, and the message that they take or send
MESSAGE = {
    'rviz_default_plugins/RobotModel': 'std_msgs/msg/String',
    'rviz_default_plugins/MarkerArray': 'visualization_msgs/msg/MarkerArray',
    'rviz_default_plugins/Map': 'nav_msgs/msg/OccupancyGrid',
    'rviz_default_plugins/Image': 'sensor_msgs/msg/Image',
    'rviz_default_plugins/Pose': 'geometry_msgs/msg/PoseStamped',
    'rviz_default_plugins/PointStamped': 'geometry_msgs/msg/PointStamped',
    'rviz_default_plugins/Odometry': 'nav_msgs/msg/Odometry',
    'rviz_default_plugins/Wrench': 'geometry_msgs/msg/WrenchStamped',
    'rviz_default_plugins/SetInitialPose': 'geometry_msgs/msg/PoseWithCovarianceStamped',
    'rviz_default_plugins/SetGoal': 'geometry_msgs/msg/PoseStamped',
}
WITHOUT_TOPIC = {
    f'rviz_default_plugins/{name}'
    for name in ('Grid', 'TF', 'InteractiveMarkers', 'Interact', 'MoveCamera', 'Select', 'FocusCamera', 'Measure', 'Orbit')
}
POLICY = {
    'Best Effort': 'best_effort',
    'Reliable': 'reliable',
    'Volatile': 'volatile',
    'Transient Local': 'transient_local',
}


@pytest.fixture(scope='module')
def manager() -> dict:
    return yaml.safe_load(share_path('config', 'rviz', 'line.rviz').read_text(encoding='utf-8'))[
        'Visualization Manager'
    ]


@pytest.fixture(scope='module')
def table() -> TopicTable:
    return TopicTable.load()


def topics(manager: dict) -> list[tuple[str, dict]]:
    """(Class, topic property) of every display and tool that has a topic."""
    found = []
    for entry in (*manager['Displays'], *manager['Tools']):
        topic = entry.get('Topic', entry.get('Description Topic'))
        if topic is not None:
            found.append((entry['Class'], topic))
    return found


def test_every_class_is_one_of_rviz_default_plugins(manager):
    for entry in (*manager['Displays'], *manager['Tools'], manager['Views']['Current']):
        assert entry['Class'] in MESSAGE.keys() | WITHOUT_TOPIC, entry['Class']
        assert (entry['Class'] in MESSAGE) == ('Topic' in entry or 'Description Topic' in entry), entry.get(
            'Name', entry['Class']
        )


def test_every_topic_is_in_the_table_with_the_type_of_its_display(manager, table):
    for kind, topic in topics(manager):
        assert topic['Value'] in table, f'{kind} shows {topic["Value"]}, which nobody publishes'
        assert table[topic['Value']].type == MESSAGE[kind], topic['Value']


def test_no_display_asks_for_more_than_the_publishers_offer(manager, table):
    for kind, topic in topics(manager):
        reliability, durability = POLICY[topic['Reliability Policy']], POLICY[topic['Durability Policy']]
        assert table[topic['Value']].serves(reliability, durability), topic['Value']
        assert topic['History Policy'] == 'Keep Last' and topic['Depth'] == 1, topic['Value']


def test_what_late_displays_must_not_miss_is_asked_for_as_transient_local(manager, table):
    for _, topic in topics(manager):
        if table[topic['Value']].durability == 'transient_local':
            assert topic['Durability Policy'] == 'Transient Local', topic['Value']


def test_all_cameras_and_hands_of_the_robot_are_shown(manager):
    robot = RobotConfiguration.load()
    shown = {topic['Value'] for _, topic in topics(manager)}
    assert {f'{camera}/color/image_raw' for camera in robot.cameras} <= shown
    assert {f'{side}_hand/target' for side in robot.arms} <= shown
    assert manager['Global Options']['Fixed Frame'] == 'odom'


def test_handles_of_the_hands_are_shown(manager, table):
    displays = [d for d in manager['Displays'] if d['Class'] == 'rviz_default_plugins/InteractiveMarkers']
    assert [display['Interactive Markers Namespace'] for display in displays] == [NAMESPACE]
    for topic, kind in (('update', 'InteractiveMarkerUpdate'), ('feedback', 'InteractiveMarkerFeedback')):
        assert table[f'{NAMESPACE}/{topic}'].type == f'visualization_msgs/msg/{kind}'
        assert table[f'{NAMESPACE}/{topic}'].serves('reliable', 'volatile')


def test_tools_set_the_walking_goal_and_the_initial_pose(manager):
    tools = {entry['Class'].rpartition('/')[2]: entry for entry in manager['Tools']}
    assert tools['SetGoal']['Topic']['Value'] == 'goal_pose'
    assert tools['SetInitialPose']['Topic']['Value'] == 'initialpose'
