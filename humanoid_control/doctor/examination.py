# SPDX-License-Identifier: Apache-2.0
"""From what was seen to what is wrong and what to do."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from humanoid_control.doctor.graph_sample import Endpoint, GraphSample
from humanoid_control.doctor.topic_table import DURABILITY, RELIABILITY, Topic, TopicTable

SLOW = 0.8  # of the nominal rate, below it a topic is slow
ROLES = {'driver': ('simulator', 'joint_driver'), 'world': ('simulator', 'emulated_motors'), 'camera': ('camera',)}
FAST = 200.0  # [Hz] faster topics are not measured, unless asked: a listener would slow them down
WARN, ERROR = 1, 2  # levels of diagnostic_msgs/DiagnosticStatus
SILENT = 'silent'  # state of a lifecycle node that does not tell its state
START = 'start the line: make run, or ros2 launch humanoid_assembly shift.launch.py'
CONTROL_LOOP = ('balance', 'joint_driver')


class Level(enum.IntEnum):
    """How bad it is."""

    NOTE = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be, and the remedy."""

    level: Level
    subject: str
    text: str
    remedy: str


def examine(table: TopicTable, seen: GraphSample) -> list[Finding]:
    """Findings, the worst first; none when all is well."""
    if not seen.nodes:
        return [Finding(Level.ERROR, 'line', 'nothing is running', START), *_leftovers(seen)]
    findings = [*_safety(seen), *_inactive(seen), *_missing_nodes(table, seen), *_silence(table, seen)]
    for name, topic in table.topics.items():
        findings += _topic(name, topic, seen)
    findings += [*_complaints(seen), *_scheduling(seen), *_leftovers(seen), *_profiles(seen)]
    # sorted() is stable: within a level the order of examination stays, causes before consequences
    return sorted(findings, key=lambda finding: -finding.level)


def _profiles(seen: GraphSample) -> list[Finding]:
    without = sorted({process.executable for process in seen.processes if not process.profile})
    if not without:
        return []
    return [
        Finding(
            Level.WARNING,
            ', '.join(without),
            'started without a Fast DDS profile: camera pictures get lost',
            "start it from the launch files, or set FASTDDS_DEFAULT_PROFILES_FILE to the package's config/dds/shared_memory.xml",
        )
    ]


def next_step(findings: list[Finding]) -> str:
    """The one thing to do now."""
    worst = findings[0] if findings else None
    if worst is None or worst.level == Level.NOTE:
        return 'nothing: all is well'
    return f'{worst.subject}: {worst.remedy}'


def present(role: str, nodes: tuple[str, ...]) -> bool:
    """Whether a node of a name or role is there."""
    return any(name in nodes for name in ROLES.get(role, (role,)))


def _safety(seen: GraphSample) -> list[Finding]:
    return [Finding(Level.ERROR, 'safety', f'fault {fault}', remedy) for fault, remedy in seen.faults]


def _missing_nodes(table: TopicTable, seen: GraphSample) -> list[Finding]:
    lost: dict[str, dict[str, None]] = {}
    for name, topic in table.topics.items():
        for role in topic.publishers:
            sample = seen.topics.get(name)
            # node names arrive late on a busy computer: who publishes is there, whatever it is called
            if topic.needed != 'none' and not present(role, seen.nodes) and (sample is None or not sample.publishers):
                lost.setdefault(role, {})[name] = None
    findings = []
    for role, topics in lost.items():
        control = any(table[name].needed == 'control' for name in topics)
        names = ' or '.join(ROLES.get(role, (role,)))
        findings.append(
            Finding(
                Level.ERROR if control else Level.WARNING,
                names,
                f'is not running; without it nobody publishes {", ".join(topics)}',
                f'read its last log lines, then start the line again ({START})',
            )
        )
    return findings


def _inactive(seen: GraphSample) -> list[Finding]:
    findings = []
    for node, state in seen.inactive.items():
        if state == SILENT:
            findings.append(
                Finding(
                    Level.WARNING,
                    node,
                    'does not answer',
                    'the computer may be overloaded, or the node hangs: read its log',
                )
            )
        else:
            step = 'configure' if state == 'unconfigured' else 'activate'
            findings.append(
                Finding(
                    Level.ERROR,
                    node,
                    f'is {state}, not active',
                    f'ros2 lifecycle set /{node} {step}, and read its log for why it is not',
                )
            )
    return findings


def _topic(name: str, topic: Topic, seen: GraphSample) -> list[Finding]:
    sample = seen.topics.get(name)
    if sample is None or not sample.publishers:
        return []  # its node is missing or inactive, which has been said
    senders = ', '.join(sorted({endpoint.node for endpoint in sample.publishers}))
    findings = []
    for kind in sample.types:
        if kind != topic.type:
            findings.append(
                Finding(
                    Level.ERROR,
                    name,
                    f'carries {kind}, expected {topic.type}',
                    f'end the node that is not of this line; it is among {senders}',
                )
            )
    if len(topic.publishers) == 1 and len(sample.publishers) > 1:
        level = Level.ERROR if topic.needed == 'control' else Level.WARNING
        findings.append(
            Finding(
                level,
                name,
                f'has {len(sample.publishers)} publishers: {senders}',
                'end the one that does not belong, or give the second robot a namespace',
            )
        )
    for listener in sample.subscribers:
        findings += [
            Finding(
                Level.WARNING,
                name,
                f'{listener.node} asks for more ({listener.reliability}, '
                f'{listener.durability}) than {sender.node} offers ({sender.reliability}, {sender.durability})',
                'it receives nothing: mend the quality of service of one of them',
            )
            for sender in sample.publishers
            if not _serves(sender, listener)
        ]
    if topic.rate and sample.rate and sample.rate < SLOW * topic.rate:
        findings.append(
            Finding(
                Level.WARNING,
                name,
                f'comes at {sample.rate:.1f} Hz instead of {topic.rate:g} Hz',
                f'the computer may be overloaded: end other programs; else read the log of {senders}',
            )
        )
    return findings


def _silence(table: TopicTable, seen: GraphSample) -> list[Finding]:
    """Nodes that are there and publish nothing on topics on which they should."""
    silent: dict[str, list[str]] = {}
    for name, topic in table.topics.items():
        sample = seen.topics.get(name)
        if topic.rate and sample is not None and sample.publishers and sample.rate == 0:
            silent.setdefault(', '.join(sorted({endpoint.node for endpoint in sample.publishers})), []).append(name)
    if silent and seen.simulated and seen.time_factor is None:
        return [
            Finding(
                Level.ERROR,
                'time',
                'simulated time stands still, so that nothing moves',
                'go on with: ros2 service call /simulation/pause std_srvs/srv/SetBool "{data: false}"; if it was not paused, '
                'the simulator waits for balance: read the logs of both',
            )
        ]
    return [
        Finding(
            Level.ERROR if any(table[name].needed == 'control' for name in names) else Level.WARNING,
            nodes,
            f'silent on {", ".join(names)}',
            f'read the log of {nodes}, then start the line again',
        )
        for nodes, names in silent.items()
    ]


def _complaints(seen: GraphSample) -> list[Finding]:
    return [
        Finding(
            Level.WARNING if complaint.level == WARN else Level.ERROR,
            complaint.name,
            complaint.message,
            'see docs/troubleshooting.md',
        )
        for complaint in seen.complaints
        if not complaint.name.startswith('supervisor')
    ]  # its faults have been told


def _scheduling(seen: GraphSample) -> list[Finding]:
    if seen.simulated:
        return []  # lock-step: a busy computer slows the world down, nothing falls
    return [
        Finding(
            Level.WARNING,
            process.executable,
            f'runs with {process.scheduling} scheduling: it will miss deadlines',
            'allow real-time priority: docs/operations.md, section Scheduling',
        )
        for process in seen.processes
        if process.executable in CONTROL_LOOP and not process.scheduling.startswith('FIFO')
    ]


def _leftovers(seen: GraphSample) -> list[Finding]:
    if not seen.leftovers:
        return []
    return [
        Finding(
            Level.WARNING,
            'shared memory',
            f'{seen.leftovers} files ({seen.leftover_mib:.0f} MiB) of killed processes; they can hang new nodes',
            'ros2 run humanoid_assembly doctor --clean',
        )
    ]


def _serves(sender: Endpoint, listener: Endpoint) -> bool:
    for policy, order in (('reliability', RELIABILITY), ('durability', DURABILITY)):
        offered, asked = getattr(sender, policy), getattr(listener, policy)
        if offered in order and asked in order and order.index(asked) > order.index(offered):
            return False
    return True
