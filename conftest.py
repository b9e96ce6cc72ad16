# SPDX-License-Identifier: Apache-2.0
"""Every test process is alone: own ROS domain on this machine only, no process and no shared memory left behind."""
from __future__ import annotations

import ctypes
import fcntl
import glob
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parent
DOMAINS = range(40, 102)  # above 101 their ports lie among those that Linux gives to others
PR_SET_CHILD_SUBREAPER = 36
PATIENCE = ((signal.SIGINT, 5.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 2.0))  # signal, time to end [s]
YOUNG = 5.0  # shared memory touched later than this may be of a process that just starts [s]

os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
os.environ['ROS_PYTHON_CHECK_FIELDS'] = '1'  # messages refuse values of a wrong type
os.environ['FASTDDS_DEFAULT_PROFILES_FILE'] = str(ROOT / 'config' / 'dds' / 'shared_memory.xml')
os.environ.setdefault('AMENT_PREFIX_PATH', sys.prefix)
os.environ.setdefault('ROS_LOG_DIR', str(Path(os.environ.get('ROS_HOME', Path.home() / '.ros'), 'log')))
os.environ['ROS_HOME'] = tempfile.mkdtemp(prefix='ros_home_')  # for what launched shifts record
for _threads in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS'):
    os.environ.setdefault(_threads, '1')

_locks: list[IO] = []


def take_domain() -> str:
    """A ROS_DOMAIN_ID that no other test process on this machine uses; taken until this process ends.

    Raises RuntimeError if all are in use.
    """
    for domain in DOMAINS:
        lock = open(f'/dev/shm/ros_domain_{domain}.lock', 'w')  # where containers that share domains meet, too
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _locks.append(lock)
        return str(domain)
    raise RuntimeError(f'every ROS domain from {DOMAINS.start} to {DOMAINS.stop - 1} is used by another test process')


os.environ['ROS_DOMAIN_ID'] = take_domain()


def pytest_configure(config: pytest.Config) -> None:
    """Orphans of processes that tests start become children of this process, and so can be found and ended."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A launch test gets a domain of its own, and leaves no process and no shared memory.

    The domain is not used again: what a killed node leaves at its ports would be in the way of the next ones.
    """
    if item.get_closest_marker('launch_test') is None:
        return (yield)
    domain = os.environ['ROS_DOMAIN_ID']
    os.environ['ROS_DOMAIN_ID'] = take_domain()
    try:
        return (yield)
    finally:
        os.environ['ROS_DOMAIN_ID'] = domain
        end_descendants()
        remove_leaked_shared_memory()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ends what tests left running and removes the shared memory of processes that were killed."""
    end_descendants()
    remove_leaked_shared_memory()
    shutil.rmtree(os.environ['ROS_HOME'], ignore_errors=True)


def descendants() -> list[int]:
    """Ids of all living processes that stem from this one."""
    children: dict[int, list[int]] = {}
    for stat in glob.glob('/proc/[0-9]*/stat'):
        try:
            text = Path(stat).read_text()
        except OSError:
            continue
        state, parent = text.rpartition(')')[2].split()[:2]
        if state != 'Z':
            children.setdefault(int(parent), []).append(int(text.split()[0]))
    found, waiting = [], [os.getpid()]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def end_descendants() -> None:
    """Asks all processes that stem from this one to end, ever less politely."""
    for number, patience in PATIENCE:
        remaining = descendants()
        if not remaining:
            return
        for process in remaining:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass
        wait_until(lambda: not descendants(), patience)


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    """True as soon as a condition holds, False after the timeout [s]."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def remove_leaked_shared_memory() -> None:
    """Removes Fast DDS's files in /dev/shm that no living process maps or has open.

    A killed process leaves them; a leaked port can hang every later node of its domain.
    """
    used: set[str] = set()
    for process in glob.glob('/proc/[0-9]*'):
        try:
            used.update(line.split()[-1] for line in Path(process, 'maps').read_text().splitlines()
                        if '/dev/shm/' in line)
            used.update(os.readlink(link) for link in glob.glob(f'{process}/fd/*'))
        except OSError:  # ended meanwhile, or another user's
            continue
    for path in glob.glob('/dev/shm/fastdds_*') + glob.glob('/dev/shm/sem.fastdds_*'):
        base = path.removesuffix('_el').removesuffix('_sl')
        if {path, base, f'{base}_el', f'{base}_sl'} & used:
            continue
        try:
            if time.time() - os.stat(path).st_mtime > YOUNG:
                os.unlink(path)
        except OSError:
            continue
