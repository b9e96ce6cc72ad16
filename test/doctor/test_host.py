# SPDX-License-Identifier: Apache-2.0
"""What the doctor finds on the computer: processes and shared memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from humanoid_control.doctor.process_watch import ProcessWatch, scheduling
from humanoid_control.doctor.shared_memory import find_leftovers, remove_leftovers


@pytest.fixture(params=['', '/some/where.xml'], ids=['without a profile', 'with a profile'])
def profile(request):
    """What FASTDDS_DEFAULT_PROFILES_FILE of the process says."""
    return request.param


@pytest.fixture
def sleeper(tmp_path, profile):
    """A process that looks like `ros2 run humanoid_assembly balance`, in ROS domain 7 and niced."""
    program = tmp_path / 'humanoid_assembly' / 'balance'
    program.parent.mkdir()
    program.write_text('import time\nprint("up", flush=True)\ntime.sleep(60)\n')
    process = subprocess.Popen(
        ['nice', '-n', '3', sys.executable, str(program)],
        env={**os.environ, 'ROS_DOMAIN_ID': '7', 'FASTDDS_DEFAULT_PROFILES_FILE': profile, 'FASTRTPS_DEFAULT_PROFILES_FILE': ''},
        stdout=subprocess.PIPE,
    )
    process.stdout.readline()
    yield process
    process.terminate()
    process.wait()


def test_a_process_is_found_by_executable_and_domain(sleeper, profile):
    watch = ProcessWatch(('balance', 'camera'), '7')
    (found,) = watch.samples()
    assert (found.pid, found.executable) == (sleeper.pid, 'balance')
    assert found.memory > 1.0 and found.cpu < 0.5
    assert found.profile == bool(profile)
    assert ProcessWatch(('camera',), '7').samples() == ()
    assert sleeper.pid not in [p.pid for p in ProcessWatch(('balance',), '8').samples()]


def test_scheduling_is_told_in_words(sleeper):
    assert scheduling(sleeper.pid).startswith('nice ')
    assert scheduling(os.getpid()) in ('default', f'nice {os.getpriority(os.PRIO_PROCESS, 0)}')


def make_process(folder: Path, pid: int, mapped: str = '', opened: str = '') -> None:
    process = folder / str(pid)
    (process / 'fd').mkdir(parents=True)
    (process / 'maps').write_text(f'7f00-7f01 rw-s 0 00:01 9 {mapped}\n' if mapped else '')
    if opened:
        (process / 'fd' / '3').symlink_to(opened)


def test_files_of_living_processes_are_no_leftovers(tmp_path):
    memory, processes = tmp_path / 'shm', tmp_path / 'proc'
    memory.mkdir()
    names = (
        'fastdds_aa',
        'fastdds_aa_el',
        'fastdds_port7411',
        'fastdds_port7411_el',
        'sem.fastdds_port7411_mutex',
        'fastdds_bb',
        'fastdds_bb_sl',
        'sem.fastdds_port7500_mutex',
        'something_else',
        'fastdds_new',
    )
    for name in names:
        (memory / name).write_bytes(b'x' * 5000)
        if name != 'fastdds_new':
            os.utime(memory / name, (time.time() - 60, time.time() - 60))
    make_process(processes, 11, mapped=str(memory / 'fastdds_aa'))
    make_process(processes, 12, opened=str(memory / 'fastdds_port7411_el'))
    found = find_leftovers(memory, processes)
    assert sorted(path.name for path in found.files) == ['fastdds_bb', 'fastdds_bb_sl', 'sem.fastdds_port7500_mutex']
    assert found.mib > 0
    assert remove_leftovers(found) == 3
    assert find_leftovers(memory, processes).files == ()
    assert remove_leftovers(found) == 0


def test_a_process_that_ends_meanwhile_is_passed_over(tmp_path):
    (tmp_path / 'proc' / '99').mkdir(parents=True)
    (tmp_path / 'shm').mkdir()
    assert find_leftovers(tmp_path / 'shm', tmp_path / 'proc').hidden == 0
