# SPDX-License-Identifier: Apache-2.0
"""What becomes of faults: `make fault-battery` prints a table, writes bench/results/faults.json and docs/fault_battery.md.

Each fault is put into a robot that stands, walks or works under the product's own controllers and supervisor, or stands
and walks behind the joint driver and emulated motors, all in one process and in simulated time. Expected states:
docs/safety.md, docs/hardware.md.
"""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.driver_faults import DRIVER_FAULTS
from bench.fault import BORNE, CONTROL_PATH
from bench.faults import FAULTS

ALL = (*FAULTS, *DRIVER_FAULTS)
RESULTS = Path(__file__).parent / 'results' / 'faults.json'
PAGE = Path(__file__).parents[1] / 'docs' / 'fault_battery.md'
HEAD = '''# Faults tried

What becomes of faults that are put into a robot that stands, walks or works, as `make fault-battery` found it and wrote
it here. The controllers, the work and the supervisor are the product's own, in one process and in simulated time.
Safe states and their reasons: [safety.md](safety.md). The last part is put in below the joint topics, into motors, buses
and host behind the joint driver of the real robot ([hardware.md](hardware.md)); there the robot is watched until it
sits with its motors off.

| while | fault | has to lead to | within | led to | after | what is said first | |
|---|---|---|---|---|---|---|---|
'''


def row(result: dict[str, object]) -> str:
    """One line of the table."""
    time = '-' if result['time_ms'] is None else f'{result["time_ms"]:.0f}'
    return (f'{"ok" if result["passed"] else "BAD":4}{result["while"]:9} {result["name"]:40} {result["expected"]:33}'
            f'{time:>6} {"fell" if result["fell"] else "":5} {str(result["diagnosis"])[:90]}')


def page(results: list[dict[str, object]]) -> str:
    """Markdown page of all results."""
    lines = [
        f'| {r["while"]} | {r["name"]} | {r["expected"]} | {r["allowed_ms"]:.0f} ms | {r["reached"]}{", fell" if r["fell"] else ""}{at_once(r)} | '
        f'{"-" if r["time_ms"] is None else format(r["time_ms"], ".0f") + " ms"} | {str(r["diagnosis"]).split(";")[0]} | '
        f'{"ok" if r["passed"] else "**bad**"} |' for r in results]
    good = sum(bool(r['passed']) for r in results)
    path = control_path(results)
    return HEAD + '\n'.join(lines) + (
        f'\n\n{good} of {len(results)} faults led to the documented state in time, and were named.\n'
        f'{len(path)} of them are of the control path, which answers within {1e3 * CONTROL_PATH:.0f} ms; '
        f'the slowest took {max(path, default=0.0):.0f} ms.\n')


def at_once(result: dict[str, object]) -> str:
    """What the control path did before somebody else came to the documented state."""
    return f'; before, {result["at_once"]}, after {result["at_once_ms"]:.0f} ms' if 'at_once' in result else ''


def control_path(results: list[dict[str, object]]) -> list[float]:
    """Times [ms] of the faults to which the control path has an answer of its own."""
    return [float(r.get('at_once_ms', r['time_ms'])) for r in results if r['time_ms'] is not None and r['expected'] != BORNE
            and ('at_once' in r or r['allowed_ms'] <= 1e3 * CONTROL_PATH)]


def main() -> int:
    """Try all faults; 1 when one leads elsewhere, too late, or has no named diagnosis."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--only', default='', help='faults whose name holds this')
    parser.add_argument('--out', type=Path, default=RESULTS)
    arguments = parser.parse_args()
    results = []
    for fault in ALL:
        if arguments.only in fault.name:
            results.append(fault.try_out())
            print(row(results[-1]), flush=True)
    bad = [result for result in results if not result['passed']]
    if not arguments.only:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps({'faults': results}, indent=1) + '\n', encoding='utf-8')
        PAGE.write_text(page(results), encoding='utf-8')
        print(f'wrote {arguments.out} and {PAGE}')
    print(f'{len(results) - len(bad)} of {len(results)} faults lead to the documented state')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
