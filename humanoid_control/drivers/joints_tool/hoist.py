# SPDX-License-Identifier: Apache-2.0
"""Emulated motors of the robot in its hoist, without ROS and at wall speed: something to practise on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from humanoid_control.drivers.emulation.emulator import Emulator
from humanoid_control.drivers.emulation.hanging_plant import HangingPlant
from humanoid_control.drivers.joints_tool.workbench import Workbench
from humanoid_control.drivers.socket_folder import make_socket_folder

STEP = 0.002  # [s]
STALL = 0.1  # [s] of lost time that is not caught up


def emulate(bench: Workbench, folder: str | Path, go_on: Callable[[], bool], wired: bool) -> None:
    """Emulate all motors of the plan while `go_on` says so: on simulated buses in `folder`, or wired, on the plan's own.

    Raises BusError when the buses cannot be opened.
    """
    folder = make_socket_folder(folder)
    emulator = Emulator(bench.plan, bench.models, HangingPlant(bench.robot), folder, step=STEP, wired=wired)
    due = time.monotonic()
    try:
        while go_on():
            done = emulator.serve(max(0.0, due - time.monotonic()))
            now = time.monotonic()
            if done or (now >= due and not emulator.linked):
                emulator.tick()
                due = max(due + STEP, now - STALL)
    finally:
        emulator.close()
        with contextlib.suppress(OSError):  # others may keep something there
            folder.rmdir()
