# SPDX-License-Identifier: Apache-2.0
"""The package's processes on this computer: scheduling, processor and memory."""

from __future__ import annotations

import os
import time
from pathlib import Path

from humanoid_control.doctor.graph_sample import ProcessSample

POLICIES = {os.SCHED_FIFO: 'FIFO', os.SCHED_RR: 'RR'}
PAGE_MIB = os.sysconf('SC_PAGE_SIZE') / 2**20
PROFILES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')
TICKS = os.sysconf('SC_CLK_TCK')


class ProcessWatch:
    """Finds processes by their executable and ROS domain, and tells their load between `__init__` and `samples`."""

    def __init__(self, executables: tuple[str, ...], domain: str, processes: Path = Path('/proc')):
        """
        Args:
            executables: names of the package's executables.
            domain: ROS_DOMAIN_ID; processes of other domains, and those of other users, are passed over.
        """
        self._domain = domain or '0'
        self._processes = processes
        self._executables = executables
        self._begin = time.monotonic()
        self._used = {pid: self._cpu_time(pid) for pid in self._find()}

    def samples(self) -> tuple[ProcessSample, ...]:
        """What was found, by executable."""
        elapsed = max(time.monotonic() - self._begin, 1e-3)
        found = []
        for pid, executable in self._find().items():
            try:
                cpu = (self._cpu_time(pid) - self._used.get(pid, 0.0)) / elapsed if pid in self._used else 0.0
                pages = int((self._processes / str(pid) / 'statm').read_text().split()[1])
                profile = any(self._environment(pid).get(name) for name in PROFILES)
                found.append(ProcessSample(pid, executable, scheduling(pid), cpu, pages * PAGE_MIB, profile))
            except OSError:  # ended meanwhile
                continue
        return tuple(sorted(found, key=lambda p: (p.executable, p.pid)))

    def _find(self) -> dict[int, str]:
        found = {}
        for folder in self._processes.glob('[0-9]*'):
            try:
                words = (folder / 'cmdline').read_bytes().decode(errors='replace').split('\0')
                environment = self._environment(int(folder.name))
            except OSError:
                continue
            if (environment.get('ROS_DOMAIN_ID') or '0') != self._domain:
                continue
            # `python3 .../lib/humanoid_assembly/NAME ...`, as `ros2 run` and launch files start it
            for word in words[:3]:
                path = Path(word)
                if path.name in self._executables and path.parent.name in ('humanoid_assembly', 'scripts'):
                    found[int(folder.name)] = path.name
        return found

    def _environment(self, pid: int) -> dict[str, str]:
        entries = (self._processes / str(pid) / 'environ').read_bytes().decode(errors='replace').split('\0')
        return {name: value for name, _, value in (entry.partition('=') for entry in entries)}

    def _cpu_time(self, pid: int) -> float:
        """Processor time used so far [s]; 0 for a process that has gone."""
        try:
            fields = (self._processes / str(pid) / 'stat').read_text().rpartition(')')[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / TICKS


def scheduling(pid: int) -> str:
    """The hardest scheduling of a process's threads, in words."""
    found = []
    for thread in Path(f'/proc/{pid}/task').iterdir():
        number = int(thread.name)
        try:
            policy = os.sched_getscheduler(number)
            if policy in POLICIES:
                priority = os.sched_getparam(number).sched_priority
                found.append((100 + priority, f'{POLICIES[policy]} {priority}'))
            else:
                nice = os.getpriority(os.PRIO_PROCESS, number)
                found.append((-nice, f'nice {nice}' if nice else 'default'))
        except OSError:  # the thread ended meanwhile
            continue
    return max(found, default=(0, 'default'))[1]
