# SPDX-License-Identifier: Apache-2.0
"""Binding of the real-time thread (c/loop.h)."""

from __future__ import annotations

import os
import select
from ctypes import POINTER, byref, c_int, c_int64, c_void_p

from humanoid_control.drivers.errors import DriverError
from humanoid_control.drivers.exchange import Exchange
from humanoid_control.drivers.exchange_types import LoopState
from humanoid_control.native import load_library


class RealTimeLoop:
    """Runs an exchange at absolute deadlines in a thread of its own that needs no Python.

    Whoever publishes calls `wait`, hands the exchange a command and calls `commit`; who is late is not waited for.
    """

    def __init__(self, exchange: Exchange | None, period: float, window: float, priority: int, late: float = 1e-3):
        """Start the thread; period and window [s], priority of SCHED_FIFO or 0, `late` [s] makes a deadline missed.

        Without an exchange it only keeps its deadlines, which measures the computer.

        Raises DriverError when the system gives no thread.
        """
        self._library = load_library('drivers')
        self._library.drv_loop_start.argtypes = [c_void_p, c_int64, c_int64, c_int64, c_int, c_int]
        self._library.drv_loop_start.restype = c_void_p
        for name in ('commit', 'stop'):
            getattr(self._library, f'drv_loop_{name}').argtypes = [c_void_p]
            getattr(self._library, f'drv_loop_{name}').restype = None
        self._library.drv_loop_state.argtypes = [c_void_p, POINTER(LoopState)]
        self._library.drv_loop_state.restype = None
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._loop = self._library.drv_loop_start(
            exchange and exchange.engine,
            round(period * 1e9),
            round(window * 1e9),
            round(late * 1e9),
            self._event,
            priority,
        )
        if not self._loop:
            os.close(self._event)
            raise DriverError('exchange: the system gives no thread for the real-time loop')

    def wait(self, timeout: float) -> bool:
        """Wait for the next tick at most `timeout` [s]; whether one came."""
        if not select.select([self._event], [], [], timeout)[0]:
            return False
        os.eventfd_read(self._event)
        return True

    def commit(self) -> None:
        """The command of this tick was given."""
        self._library.drv_loop_commit(self._loop)

    def state(self) -> LoopState:
        """How punctual the thread is."""
        state = LoopState()
        self._library.drv_loop_state(self._loop, byref(state))
        return state

    def close(self) -> None:
        """End the thread after its tick."""
        if self._loop:
            self._library.drv_loop_stop(self._loop)
            self._loop = None
            os.close(self._event)
