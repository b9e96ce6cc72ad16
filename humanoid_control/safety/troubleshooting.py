# SPDX-License-Identifier: Apache-2.0
"""docs/troubleshooting.md from the fault table: `python -m humanoid_control.safety.troubleshooting > docs/troubleshooting.md`."""

from __future__ import annotations

from humanoid_control.safety.fault_table import FaultKind, FaultTable
from humanoid_control.safety.stop_category import StopCategory

HEAD = """# Troubleshooting

Look up the code that the browser view, rviz, `ros2 topic echo /safety/state` or the doctor shows. Made from
`config/faults.yaml`; edit there.

First aid for anything else: `ros2 run humanoid_assembly doctor` says what is missing and what to do next.

A fault stays until its cause has gone **and** somebody resets: button *Reset* in the browser, or
`ros2 service call /safety/reset std_srvs/srv/Trigger`. A refused reset says what is still there.
"""
REACTION = {
    StopCategory.PROTECTIVE: 'holds still and keeps its balance (category 2)',
    StopCategory.CONTROLLED_SIT: 'sits down under control, then switches off (category 1)',
    StopCategory.POWER_OFF: 'switches off at once (category 0)',
}


def troubleshooting_page(table: FaultTable) -> str:
    """The page, in Markdown."""
    return HEAD + ''.join(_section(code, kind) for code, kind in sorted(table.faults.items()))


def _section(code: str, kind: FaultKind) -> str:
    when = 'at once' if kind.after == 0 else f'after {kind.after:g} s'
    later = '' if kind.sits_after is None else f'; sits down if the cause lasts for {kind.sits_after:g} s'
    return (
        f'\n## {code}\n\n**{kind.title}.** {kind.cause}\n\n- The robot {REACTION[kind.category]}, {when}{later}.\n'
        f'- What to do: {kind.remedy}\n'
    )


if __name__ == '__main__':
    print(troubleshooting_page(FaultTable.load()), end='')
