# SPDX-License-Identifier: Apache-2.0
"""Speed of a whole shift in lock-step, cameras at their working rate, and what each node needs of a core for it.

Beside it stands the floor: the same seconds of the same world in one process, without messages and cameras.

python -m bench.shift_speed
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from humanoid_control.work.rehearsal import Rehearsal

RESULTS = Path(__file__).parent / 'results' / 'shift.json'
DOMAIN = 38
NODE = re.compile(r'__node:=([a-z_]+)')
DONE = 'done in'  # of the line that nut_station prints after a cycle


def shift(cycles: int, seed: int) -> dict[str, object]:
    """Real time factor over whole cycles, and CPU time per simulated second of each node."""
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, 'report.json')
        process = subprocess.Popen(['ros2', 'launch', 'humanoid_assembly', 'shift.launch.py', f'cycles:={cycles}',
                                    f'seed:={seed}', f'report:={report}', 'record:=false'],
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        marks: list[tuple[float, dict[str, float]]] = []
        for line in process.stdout:
            if DONE in line:
                marks.append((time.monotonic(), cpu_times(process.pid)))
        if process.wait() != 0:
            raise SystemExit(f'the shift failed (exit code {process.returncode})')
        durations = [cycle['time_s'] for cycle in json.loads(report.read_text(encoding='utf-8'))['cycles']]
    # from the end of the first cycle on: start-up and imports are over
    simulated = sum(durations[1:])
    (begin, before), (end, after) = marks[0], marks[-1]
    cpu = {name: round((after[name] - before[name]) / simulated, 3) for name in sorted(after) if name in before}
    return {'real_time_factor': round(simulated / (end - begin), 2), 'cpu_s_per_simulated_s': cpu,
            'cpu_s_per_simulated_s_in_all': round(sum(cpu.values()), 2)}


def floor(seed: int) -> dict[str, float]:
    """CPU time per simulated second of one cycle in one process."""
    rehearsal = Rehearsal(seed)
    start, begin = time.process_time(), rehearsal.world.time
    rehearsal.run(76.0)
    return {'cpu_s_per_simulated_s': round((time.process_time() - start) / (rehearsal.world.time - begin), 3)}


def cpu_times(launch: int) -> dict[str, float]:
    """User and system time [s] by node of the descendants of a process."""
    times, parents = {}, {}
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            fields = (folder / 'stat').read_text(encoding='ascii').rsplit(')', 1)[1].split()
            node = NODE.search((folder / 'cmdline').read_text(encoding='utf-8'))
        except (OSError, UnicodeDecodeError):
            continue  # it has ended, or is none of ours
        parents[int(folder.name)] = int(fields[1])
        if node:
            times[int(folder.name)] = node[1], (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
    return {name: used for pid, (name, used) in times.items() if _descends(pid, launch, parents)}


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != ancestor:
        pid = parents[pid]
    return pid == ancestor


def main() -> int:
    """Measure, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--cycles', type=int, default=3, help='cycles of the shift, at least 2; the first is not measured')
    parser.add_argument('--seed', type=int, default=1)
    arguments = parser.parse_args()
    if arguments.cycles < 2:
        parser.error(f'--cycles: expected at least 2, got {arguments.cycles}')
    figures = {'shift': shift(arguments.cycles, arguments.seed), 'in_one_process': floor(arguments.seed),
               'cores': len(os.sched_getaffinity(0)), 'load_average': round(os.getloadavg()[0], 1)}
    print(json.dumps(figures, indent=1))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
