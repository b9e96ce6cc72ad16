# SPDX-License-Identifier: Apache-2.0
"""Speed of the frame codec in C, and punctuality of the joint exchange over simulated buses in real time.

python -m bench.can_codec [--seconds 60]

The exchange runs as on a robot: seven buses, 33 motors, 500 Hz, the driver's thread in C with absolute deadlines. The
motors are emulated by another process, so that on a busy machine its delays are in the figures, too. Waking is late by
what the operating system makes it; "sending" adds the wait for a command, at most the command window.

Beside it, in a process of its own, the same thread keeps the same deadlines without any work: the floor. Further such
threads, one on each core and above all of ours in priority, note when their core stalls for 0.5 ms. A deadline that the
driver misses by more than 1 ms while a core stalls is the computer's; the others are ours.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from humanoid_control.drivers.actuator_model import load_actuator_models
from humanoid_control.drivers.bus_plan import BusPlan
from humanoid_control.drivers.driver_settings import DriverSettings
from humanoid_control.drivers.emulation.emulator import Emulator
from humanoid_control.drivers.emulation.plant import InertiaPlant
from humanoid_control.drivers.exchange_types import LATE_KEPT, LoopState, State, quantile
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.drivers.real_time_loop import RealTimeLoop
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.robot_model import RobotModel

HERE = Path(__file__).parent
RESULTS = HERE / 'results' / 'can_codec.json'
SOURCES = HERE.parent / 'humanoid_control' / 'drivers' / 'c'
TICK = 0.002  # [s]
SAME_MOMENT = 0.003  # [s] between deadlines that one stall of a core makes late
WATCH_PERIOD, STALL = 0.0005, 0.0005  # [s] of the threads that watch the cores
ABOVE = 10  # priorities that they are above the driver


def codec() -> dict[str, float]:
    """CPU time [ns] of one frame."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / 'can_codec'
        subprocess.run(
            [
                'gcc',
                '-std=gnu11',
                '-O3',
                '-fno-math-errno',
                '-I',
                str(SOURCES),
                str(HERE / 'can_codec.c'),
                str(SOURCES / 'can_codec.c'),
                '-o',
                str(program),
                '-lm',
            ],
            check=True,
        )
        encode, decode = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    return {'encode_control_ns': float(encode), 'decode_feedback_ns': float(decode)}


def emulate(folder: str, stop, wired: bool) -> None:
    """Emulated motors with plain inertias, at wall speed, until `stop` is set; wired: on the plan's CAN interfaces."""
    _prefer(10)  # motors don't wait for other processes
    robot, plan, models = (
        RobotModel.default(),
        BusPlan.load(share_path('config', 'robots', 'humanoid_buses.yaml')),
        load_actuator_models(),
    )
    standing = np.array([robot.configuration.stand_posture.get(name, 0.0) for name in robot.actuated_names])
    plant = InertiaPlant(robot.actuated_names, standing, np.full(len(standing), 0.1))
    emulator = Emulator(plan, models, plant, folder, wired=wired)
    due = time.monotonic()
    while not stop.is_set():
        emulator.serve(max(0.0, due - time.monotonic()))
        if time.monotonic() >= due:
            emulator.tick()
            due = max(due + TICK, time.monotonic() - 0.1)
    emulator.close()


def keep_idle_deadlines(settings: DriverSettings, stop, result) -> None:
    """The driver's thread without an exchange, until `stop` is set; its figures and when cores stalled into `result`."""
    priority = settings.exchange.real_time_priority
    loop = RealTimeLoop(None, settings.exchange.period, 0.0, priority)
    watches = []
    for core in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {core})  # threads begin where they are made
        watches.append(RealTimeLoop(None, WATCH_PERIOD, 0.0, priority and priority + ABOVE, STALL))
    stop.wait()
    figures, stalls = _lateness(loop.state(), sending=False), []
    for watch in watches:
        stalls += _missed(watch.state())
        watch.close()
    loop.close()
    result.put((figures | {'stalls_of_cores': len(stalls)}, stalls))


def exchange(seconds: float, wired: bool = False) -> tuple[dict[str, object], dict[str, object]]:
    """Figures of the exchange and of the floor: punctuality [ms], latency of replies [ms], losses, CPU share.

    `wired`: over the plan's CAN interfaces, with the motors emulated at their other end.
    """
    settings = DriverSettings.load()
    context = multiprocessing.get_context('spawn')
    stop, result = context.Event(), context.Queue()
    idle = context.Process(target=keep_idle_deadlines, args=(settings, stop, result))
    idle.start()
    try:
        figures, missed = _exchange(seconds, wired)
    finally:
        stop.set()
    floor, stalls = result.get(timeout=10)
    idle.join()
    ours = [at for at in missed if not any(abs(at - stall) < SAME_MOMENT * 1e9 for stall in stalls)]
    return figures | {'late_wakes_attributable': len(ours)}, floor


def _exchange(seconds: float, wired: bool) -> tuple[dict[str, object], list[int]]:
    robot, plan = RobotModel.default(), BusPlan.load(share_path('config', 'robots', 'humanoid_buses.yaml'))
    stop = multiprocessing.get_context('spawn').Event()
    with tempfile.TemporaryDirectory() as folder:
        process = multiprocessing.get_context('spawn').Process(target=emulate, args=(folder, stop, wired))
        process.start()
        plan = plan if wired else plan.simulated(folder)
        driver = JointDriver(plan, robot, load_actuator_models(), DriverSettings.load())
        end = time.monotonic() + 30
        while not (Path(folder) / 'lockstep').exists() and time.monotonic() < end:
            time.sleep(0.1)
        try:
            driver.configure()
            driver.activate()
            return _run(driver, len(robot.actuated_names), seconds)
        finally:
            driver.clean_up()
            stop.set()
            process.join()


def _prefer(priority: int) -> None:
    """Ask for real-time scheduling of this process' main thread, where that is permitted."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))


def _missed(loop: LoopState) -> list[int]:
    """Deadlines missed in waking [ns], as far as they are remembered."""
    return list(loop.late_at)[: min(loop.late_wakes, LATE_KEPT)]


def _lateness(loop: LoopState, sending: bool) -> dict[str, object]:
    """Distribution of a thread's lateness [ms], with its histogram by 20 us up to the last bin in use."""
    figures: dict[str, object] = {'ticks': loop.ticks, 'skipped': loop.skipped}
    parts = {'wake': (loop.wake, loop.worst_wake, loop.late_wakes)}
    if sending:
        parts['send'] = (loop.send, loop.worst_send, loop.late_sends)
    for name, (histogram, worst, late) in parts.items():
        bins = list(histogram)
        last = max((index for index, count in enumerate(bins) if count), default=0)
        figures |= {f'{name}_p{share * 100:g}_ms': round(1e3 * quantile(bins, share), 2) for share in (0.5, 0.99, 0.999)}
        figures |= {f'{name}_worst_ms': round(worst * 1e-6, 3), f'late_{name}s': late}
        figures[f'{name}_histogram_20us'] = bins[: last + 1]
    return figures | {'real_time_scheduling': float(loop.real_time)}


def _run(driver: JointDriver, joints: int, seconds: float) -> tuple[dict[str, object], list[int]]:
    position, velocity, effort = np.zeros((3, joints))
    sensors, zero = np.zeros(30), np.zeros(joints)
    _prefer(15)
    begin, used = time.monotonic(), _cpu()
    while time.monotonic() - begin < seconds:
        if driver.begin(0.1) is None:
            continue
        driver.read(position, velocity, effort, sensors)
        driver.command(position, zero, zero)
        driver.finish()
    share = (_cpu() - used) / (time.monotonic() - begin)
    loop, buses, motors = driver.pace.punctuality(), driver.exchange.buses(), driver.exchange.motors()
    latency = np.sum([list(bus.latency) for bus in buses.values()], axis=0)
    figures = _lateness(loop, sending=True) | {
        'uncommitted': loop.uncommitted,
        'reply_p50_ms': round(1e3 * quantile(latency, 0.5), 2),
        'reply_p99_ms': round(1e3 * quantile(latency, 0.99), 2),
        'unanswered': sum(motor.lost for motor in motors.values()),
        'frames': sum(bus.sent + bus.received for bus in buses.values()),
        'driver_cpu_share': round(share, 3),
        'ended_obeying': float(driver.state == State.RUN),
    }
    return figures, _missed(loop)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    """Measure, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=60.0, help='length of the exchange')
    arguments = parser.parse_args()
    busy, floor = exchange(arguments.seconds)
    figures = {'codec': codec(), 'exchange': busy, 'floor': floor}
    for part, values in figures.items():
        for name, value in values.items():
            if not isinstance(value, list):
                print(f'{part:10s} {name:28s} {value:12.2f}')
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
