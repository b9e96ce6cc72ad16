# SPDX-License-Identifier: Apache-2.0
"""Speed of the frame codec in C, and of the joint exchange over simulated buses in real time.

python -m bench.can_codec [--seconds 10]

The exchange runs as on a robot: seven buses, 33 motors, 500 Hz, the driver's thread in C with absolute deadlines. The
motors are emulated by another process, so that on a busy machine its delays are in the figures, too. Waking is late by
what the operating system makes it; "sending" adds the wait for a command, at most the command window.
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
from humanoid_control.drivers.exchange_types import HISTOGRAM_BIN, State, quantile
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.model.robot_description import share_path
from humanoid_control.model.robot_model import RobotModel

HERE = Path(__file__).parent
RESULTS = HERE / 'results' / 'can_codec.json'
SOURCES = HERE.parent / 'humanoid_control' / 'drivers' / 'c'
TICK = 0.002  # [s]


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


def emulate(folder: str, stop) -> None:
    """Emulated motors with plain inertias, at wall speed, until `stop` is set."""
    _prefer(10)  # motors don't wait for other processes
    robot, plan, models = (
        RobotModel.default(),
        BusPlan.load(share_path('config', 'robots', 'humanoid_buses.yaml')),
        load_actuator_models(),
    )
    standing = np.array([robot.configuration.stand_posture.get(name, 0.0) for name in robot.actuated_names])
    emulator = Emulator(plan, models, InertiaPlant(robot.actuated_names, standing, np.full(len(standing), 0.1)), folder)
    due = time.monotonic()
    while not stop.is_set():
        emulator.serve(max(0.0, due - time.monotonic()))
        if time.monotonic() >= due:
            emulator.tick()
            due = max(due + TICK, time.monotonic() - 0.1)
    emulator.close()


def exchange(seconds: float) -> dict[str, float]:
    """Punctuality [ms], latency of replies [ms], losses and CPU share of the driver's process."""
    robot, plan = RobotModel.default(), BusPlan.load(share_path('config', 'robots', 'humanoid_buses.yaml'))
    stop = multiprocessing.get_context('spawn').Event()
    with tempfile.TemporaryDirectory() as folder:
        process = multiprocessing.get_context('spawn').Process(target=emulate, args=(folder, stop))
        process.start()
        driver = JointDriver(plan.simulated(folder), robot, load_actuator_models(), DriverSettings.load())
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


def _run(driver: JointDriver, joints: int, seconds: float) -> dict[str, float]:
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
    late = sum(list(loop.wake)[round(1e-3 / HISTOGRAM_BIN) :])
    return {
        'ticks': loop.ticks,
        'skipped': loop.skipped,
        'uncommitted': loop.uncommitted,
        'late_beyond_1ms': late,
        'wake_p50_ms': 1e3 * quantile(loop.wake, 0.5),
        'wake_p99_ms': 1e3 * quantile(loop.wake, 0.99),
        'wake_worst_ms': loop.worst_wake * 1e-6,
        'send_p50_ms': 1e3 * quantile(loop.send, 0.5),
        'send_p99_ms': 1e3 * quantile(loop.send, 0.99),
        'reply_p50_ms': 1e3 * quantile(latency, 0.5),
        'reply_p99_ms': 1e3 * quantile(latency, 0.99),
        'unanswered': sum(motor.lost for motor in motors.values()),
        'frames': sum(bus.sent + bus.received for bus in buses.values()),
        'driver_cpu_share': share,
        'real_time_scheduling': float(loop.real_time),
        'ended_obeying': float(driver.state == State.RUN),
    }


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    """Measure, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=10.0, help='length of the exchange')
    arguments = parser.parse_args()
    figures = {'codec': codec(), 'exchange': exchange(arguments.seconds)}
    for part, values in figures.items():
        for name, value in values.items():
            print(f'{part:10s} {name:24s} {value:12.2f}')
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
