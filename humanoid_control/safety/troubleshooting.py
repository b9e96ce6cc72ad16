# SPDX-License-Identifier: Apache-2.0
"""docs/troubleshooting.md from both tables: `python -m humanoid_control.safety.troubleshooting > docs/troubleshooting.md`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from humanoid_control.safety.fault_table import FaultKind, FaultTable
from humanoid_control.safety.remedy_table import Part, Remedy, RemedyTable
from humanoid_control.safety.stop_category import StopCategory

HEAD = """# Troubleshooting

Look up the code that the browser view, rviz, `ros2 topic echo /safety/state`, the doctor, a log or a report shows. Made from
`config/faults.yaml` and `config/remedies.yaml`; edit there.

First aid for anything else: `ros2 run humanoid_assembly doctor` says what is missing and what to do next.

A fault stays until its cause has gone **and** somebody resets: button *Reset* in the browser, or
`ros2 service call /safety/reset std_srvs/srv/Trigger`. A refused reset says what is still there.

# Safety supervisor

Seen on the page with title, figures and remedy, in `safety/state`, in rviz over the robot, and in the log of `supervisor`.
"""
REACTION = {
    StopCategory.PROTECTIVE: 'holds still and keeps its balance (category 2)',
    StopCategory.CONTROLLED_SIT: 'sits down under control, then switches off (category 1)',
    StopCategory.POWER_OFF: 'switches off at once (category 0)',
}
_STEP_END = re.compile(r'\.\s+(?:Then\s+)?|;\s+(?:then\s+)?|,\s+then\s+')


def troubleshooting_page(faults: FaultTable, remedies: RemedyTable) -> str:
    """The page, in Markdown."""
    sections = [_fault(code, kind) for code, kind in sorted(faults.faults.items())]
    return HEAD + ''.join(sections) + ''.join(_part(name, part) for name, part in remedies.parts.items())


def _part(name: str, part: Part) -> str:
    head = f'\n# {part.title}\n\nSeen here: {part.seen}\n'
    return head + ''.join(_remedy(f'{name}: {code}', remedy) for code, remedy in part.entries.items())


def _fault(code: str, kind: FaultKind) -> str:
    when = 'at once' if kind.after == 0 else f'after {kind.after:g} s'
    later = '' if kind.sits_after is None else f'; sits down if the cause lasts for {kind.sits_after:g} s'
    reaction = f'The robot {REACTION[kind.category]}, {when}{later}.'
    return f'\n## {code}\n\n**{kind.title}.** {kind.cause} {reaction}\n\n' + _numbered(
        [f'{step[:1].upper()}{step[1:].rstrip(".")}.' for step in _STEP_END.split(kind.remedy) if step]
    )


def _remedy(title: str, remedy: Remedy) -> str:
    says = ', '.join(f'*{words}*' for words in remedy.says)
    return f'\n## {title}\n\nSays {says}. {remedy.cause}\n\n' + _numbered(remedy.steps)


def _numbered(steps: Sequence[str]) -> str:
    return ''.join(f'{number}. {step}\n' for number, step in enumerate(steps, 1))


if __name__ == '__main__':
    print(troubleshooting_page(FaultTable.load(), RemedyTable.load()), end='')
