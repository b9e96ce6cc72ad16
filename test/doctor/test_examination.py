# SPDX-License-Identifier: Apache-2.0
"""What the doctor makes of what it sees."""

from __future__ import annotations

import dataclasses
import json

import pytest

from humanoid_control.doctor import TopicTable
from humanoid_control.doctor.examination import Level, examine, next_step
from humanoid_control.doctor.graph_sample import Complaint, Endpoint, GraphSample, ProcessSample, TopicSample
from humanoid_control.doctor.report_text import as_json, as_text
from humanoid_control.model import ConfigurationError
from humanoid_control.model.configuration import from_mapping


@pytest.fixture(scope='module')
def table() -> TopicTable:
    return TopicTable.load()


@pytest.fixture
def healthy(table) -> GraphSample:
    """A simulated line on which everything runs at its rate."""
    role = {'driver': 'simulator'}
    topics = {}
    for name, topic in table.topics.items():
        senders = tuple(Endpoint(role.get(n, n), 'reliable', topic.durability) for n in topic.publishers)
        topics[name] = TopicSample((topic.type,) if senders else (), senders, (), topic.rate or None)
    nodes = {e.node for t in topics.values() for e in t.publishers}
    return GraphSample(
        nodes=tuple(sorted(nodes)), topics=topics, simulated=True, time_factor=1.5, safety_mode='running'
    )


def without(seen: GraphSample, node: str) -> GraphSample:
    """The sample as if a node had been killed."""
    topics = {
        name: dataclasses.replace(t, publishers=tuple(e for e in t.publishers if e.node != node))
        for name, t in seen.topics.items()
    }
    return dataclasses.replace(seen, nodes=tuple(n for n in seen.nodes if n != node), topics=topics)


def with_topic(seen: GraphSample, name: str, **changes) -> GraphSample:
    return dataclasses.replace(seen, topics={**seen.topics, name: dataclasses.replace(seen.topics[name], **changes)})


def test_a_healthy_line_has_no_findings(table, healthy):
    assert examine(table, healthy) == []
    assert next_step([]) == 'nothing: all is well'


def test_nothing_running_says_how_to_start(table):
    findings = examine(table, GraphSample(leftovers=4, leftover_mib=60.0))
    assert findings[0].text == 'nothing is running' and 'make run' in next_step(findings)
    assert findings[1].subject == 'shared memory'


@pytest.mark.parametrize(
    ('node', 'level'),
    [
        ('balance', Level.ERROR),
        ('simulator', Level.ERROR),
        ('supervisor', Level.ERROR),
        ('part_detector', Level.WARNING),
        ('camera', Level.WARNING),
    ],
)
def test_a_killed_node_is_named_once_with_what_is_lost(table, healthy, node, level):
    findings = examine(table, without(healthy, node))
    assert [f.level for f in findings] == [level]
    assert node in findings[0].subject and 'nobody publishes' in findings[0].text


def test_a_node_that_goes_silent_is_named_once(table, healthy):
    seen = healthy
    for name in ('odom', 'stance', 'joint_commands'):
        seen = with_topic(seen, name, rate=0.0)
    findings = examine(table, seen)
    assert [(f.level, f.subject) for f in findings] == [(Level.ERROR, 'balance')]
    assert 'silent on joint_commands, stance, odom' in findings[0].text


def test_standing_time_explains_all_silence(table, healthy):
    seen = dataclasses.replace(healthy, time_factor=None)
    for name in ('odom', 'joint_states'):
        seen = with_topic(seen, name, rate=0.0)
    assert [f.subject for f in examine(table, seen)] == ['time']


def test_a_slow_topic_is_a_warning_with_both_figures(table, healthy):
    (finding,) = examine(table, with_topic(healthy, 'odom', rate=61.0))
    assert finding.level == Level.WARNING and '61.0 Hz instead of 100 Hz' in finding.text


def test_two_commanders_are_an_error(table, healthy):
    double = (Endpoint('balance', 'reliable', 'volatile'), Endpoint('teleop', 'reliable', 'volatile'))
    (finding,) = examine(table, with_topic(healthy, 'joint_commands', publishers=double))
    assert finding.level == Level.ERROR and 'balance, teleop' in finding.text


def test_a_wrong_type_is_an_error(table, healthy):
    (finding,) = examine(table, with_topic(healthy, 'odom', types=('std_msgs/msg/String',)))
    assert finding.level == Level.ERROR and 'expected nav_msgs/msg/Odometry' in finding.text


def test_a_listener_that_asks_for_too_much_is_named(table, healthy):
    sender, listener = Endpoint('balance', 'best_effort', 'volatile'), Endpoint('plotter', 'reliable', 'volatile')
    (finding,) = examine(table, with_topic(healthy, 'odom', publishers=(sender,), subscribers=(listener,)))
    assert 'plotter' in finding.text and 'balance' in finding.text


def test_faults_come_first_and_bring_their_remedy(table, healthy):
    seen = dataclasses.replace(
        without(healthy, 'balance'), faults=(('joint_limit l_knee: 2.39 rad', 'Move the joint back.'),)
    )
    findings = examine(table, seen)
    assert findings[0].subject == 'safety' and 'Move the joint back.' in next_step(findings)


def test_an_inactive_node_gets_the_command_that_activates_it(table, healthy):
    (finding,) = examine(table, dataclasses.replace(healthy, inactive={'kinematics': 'inactive'}))
    assert 'ros2 lifecycle set /kinematics activate' in finding.remedy


def test_complaints_of_nodes_are_passed_on(table, healthy):
    seen = dataclasses.replace(
        healthy, complaints=(Complaint('camera: head', 1, 'dark'), Complaint('balance: controller', 2, 'damping'))
    )
    assert [(f.level, f.subject) for f in examine(table, seen)] == [
        (Level.ERROR, 'balance: controller'),
        (Level.WARNING, 'camera: head'),
    ]


def test_default_scheduling_matters_on_the_real_robot_only(table, healthy):
    process = ProcessSample(1, 'balance', 'default', 0.2, 100.0)
    assert examine(table, dataclasses.replace(healthy, processes=(process,))) == []
    (finding,) = examine(table, dataclasses.replace(healthy, processes=(process,), simulated=False, time_factor=None))
    assert finding.subject == 'balance' and 'default scheduling' in finding.text
    fast = dataclasses.replace(process, scheduling='FIFO 20')
    assert examine(table, dataclasses.replace(healthy, processes=(fast,), simulated=False, time_factor=None)) == []


def test_processes_that_were_started_without_a_profile_are_named(table, healthy):
    with_one = ProcessSample(1, 'balance', 'nice 1', 0.2, 100.0)
    lacking = dataclasses.replace(with_one, pid=2, executable='part_detector', profile=False)
    (finding,) = examine(table, dataclasses.replace(healthy, processes=(with_one, lacking)))
    assert finding.subject == 'part_detector' and 'pictures get lost' in finding.text


def test_the_report_fits_a_screen_and_names_the_next_step(table, healthy):
    seen = without(healthy, 'balance')
    text = as_text(table, seen, examine(table, seen), colour=False)
    assert len(text.splitlines()) <= 40 and max(map(len, text.splitlines())) < 200
    assert 'joint_states 100/100' in text and 'odom -/100' in text
    assert text.splitlines()[-1].startswith('Next step balance:')
    assert '\033' not in text and '\033[31m' in as_text(table, seen, examine(table, seen), colour=True)


def test_the_json_report_holds_the_same(table, healthy):
    seen = without(healthy, 'balance')
    report = json.loads(as_json(seen, examine(table, seen)))
    assert report['healthy'] is False and report['findings'][0]['subject'] == 'balance'
    assert report['seen']['topics']['odom']['publishers'] == []


@pytest.mark.parametrize(
    ('change', 'reason'),
    [
        ({'type': 'String'}, 'expected PACKAGE/msg/NAME'),
        ({'rate': -1.0}, 'must not be negative'),
        ({'reliability': 'some'}, 'expected one of best_effort'),
        ({'needed': 'yes'}, 'needed'),
    ],
)
def test_a_bad_topic_table_is_refused(change, reason):
    with pytest.raises(ConfigurationError, match=reason):
        from_mapping(
            TopicTable, {'topics': {'x': {'type': 'std_msgs/msg/String', 'about': 'a', **change}}}, 'topics.yaml'
        )
