# SPDX-License-Identifier: Apache-2.0
"""The doctor's report: one screen for people, JSON for programs."""

from __future__ import annotations

import dataclasses
import json

from humanoid_control.doctor.examination import FAST, Finding, Level, next_step
from humanoid_control.doctor.graph_sample import GraphSample, TopicSample
from humanoid_control.doctor.topic_table import TopicTable

COLOUR = {Level.ERROR: '\033[31m', Level.WARNING: '\033[33m', Level.NOTE: '\033[0m'}
RESET, BOLD, GREEN = '\033[0m', '\033[1m', '\033[32m'


def as_text(table: TopicTable, seen: GraphSample, findings: list[Finding], *, colour: bool) -> str:
    """One screen of text."""

    def paint(code: str, text: str) -> str:
        return f'{code}{text}{RESET}' if colour else text

    lines = [paint(BOLD, 'Running   ') + (', '.join(seen.nodes) or 'nothing')]
    if seen.simulated:
        factor = 'time stands still' if seen.time_factor is None else f'{seen.time_factor:.2f} times real time'
        lines.append(paint(BOLD, 'Time      ') + f'simulated, {factor}')
    if seen.nodes:
        lines.append(paint(BOLD, 'Safety    ') + (seen.safety_mode or 'supervisor silent'))
    rates = [
        _rate(name, topic.rate, seen.topics.get(name, TopicSample()))
        for name, topic in table.topics.items()
        if topic.rate
    ]
    if seen.nodes:
        lines.append(paint(BOLD, 'Rates     ') + 'measured of nominal [Hz]')
        lines += _columns(rates)
    if seen.processes:
        lines.append(paint(BOLD, 'Processes ') + 'core, memory, scheduling')
        lines += _columns(
            [f'{p.executable} {100 * p.cpu:.0f} % {p.memory:.0f} MiB {p.scheduling}' for p in seen.processes]
        )
    for finding in findings:
        lines.append(
            paint(COLOUR[finding.level], f'{finding.level.name.lower():8}') + f'  {finding.subject}: {finding.text}'
        )
    step = next_step(findings)
    lines.append(paint(BOLD, 'Next step ') + (paint(GREEN, step) if not findings else step))
    return '\n'.join(lines)


def as_json(seen: GraphSample, findings: list[Finding]) -> str:
    """The same as JSON."""
    return json.dumps(
        {
            'healthy': all(finding.level < Level.ERROR for finding in findings),
            'next_step': next_step(findings),
            'findings': [{**dataclasses.asdict(finding), 'level': finding.level.name.lower()} for finding in findings],
            'seen': dataclasses.asdict(seen),
        },
        indent=2,
    )


def _rate(name: str, nominal: float, sample: TopicSample) -> str:
    if not sample.publishers:
        return f'{name} -/{nominal:g}'
    if sample.rate is None:
        return f'{name} {"not measured" if nominal > FAST else "unused"}/{nominal:g}'
    return f'{name} {sample.rate:.0f}/{nominal:g}'


def _columns(entries: list[str], width: int = 100) -> list[str]:
    """Entries in as many columns as fit."""
    if not entries:
        return []
    cell = max(len(entry) for entry in entries) + 2
    count = max(1, (width - 2) // cell)
    rows = [entries[i : i + count] for i in range(0, len(entries), count)]
    return ['  ' + ''.join(f'{entry:{cell}}' for entry in row).rstrip() for row in rows]
