# SPDX-License-Identifier: Apache-2.0
"""How the operating system runs this process: real-time priority where permitted, else niceness."""
from __future__ import annotations

import ctypes
import os

FIFO_PRIORITY = 20
NICENESS = -15
_LOCK_PRESENT_AND_FUTURE = 3     # MCL_CURRENT | MCL_FUTURE


def prefer_this_process() -> str:
    """Ask for SCHED_FIFO with locked memory for all threads, else for a negative niceness; says what was granted."""
    threads = [int(entry) for entry in os.listdir('/proc/self/task')]
    try:
        for thread in threads:
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(FIFO_PRIORITY))
    except PermissionError:
        pass
    else:
        locked = ctypes.CDLL(None).mlockall(_LOCK_PRESENT_AND_FUTURE) == 0
        return f'SCHED_FIFO {FIFO_PRIORITY}, memory {"locked" if locked else "not locked (not permitted)"}'
    try:
        for thread in threads:
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
    except PermissionError:
        return 'ordinary scheduling: neither SCHED_FIFO nor a negative niceness is permitted to this user'
    return f'niceness {NICENESS} (SCHED_FIFO is not permitted to this user)'
