# SPDX-License-Identifier: Apache-2.0
"""The joint driver over CAN interfaces of the Linux kernel, with emulated motors at their other end.

sudo modprobe can can_raw vcan
for n in 0 1 2 3 4 5 6; do sudo ip link add can$n type vcan; sudo ip link set can$n up; done
sudo .venv/bin/python -m bench.socketcan [--seconds 20]

It needs the interfaces of the package's bus plan: vcan, or adapters whose other ends a second computer emulates on. Root
takes one of them down and up again. What a wire adds, arbitration, errors and bus-off, vcan has not.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bench.can_codec import exchange
from bench.emulated_bench import MODELS, PLAN, ROBOT, TICK, EmulatedBench, quick_settings
from humanoid_control.drivers.errors import BusError
from humanoid_control.drivers.exchange_types import State
from humanoid_control.drivers.joint_driver import JointDriver
from humanoid_control.drivers.joints_tool.command_line import main as joints

RESULTS = Path(__file__).parent / 'results' / 'socketcan.json'
LOST = 'can4'  # bus that is taken down
# patience with a computer that does other things, too; punctuality is measured with the package's own settings
PATIENT = {
    'rate': 50.0,
    'command_window': 0.01,
    'stale_after': 1.0,
    'silent_after': 2.0,
    'drive_timeout': 5.0,
    'sit_after': 5.0,
    'enable_time': 10.0,
}
LISTEN_FOR = 0.5  # [s]


def trials() -> dict[str, object]:
    """Find the motors, take over, obey, be listened to, lose a bus, and get it back."""
    with EmulatedBench(quick_settings(**PATIENT), wired=True, lock_step=False) as bench, bench.served(TICK):
        outcome: dict[str, object] = {'motors_as_planned': joints(['list', '--scan-to', '6']) == 0}
        outcome['obeys_after_s'] = _start(bench)
        outcome |= _listen(bench)
        outcome |= _lose_and_regain(bench)
    return outcome


def _start(bench: EmulatedBench) -> float:
    begin = time.monotonic()
    bench.driver.configure()
    bench.driver.activate()
    bench.wait_for(State.HOLD)
    bench.wait_for(State.RUN, bench.stay())
    return round(time.monotonic() - begin, 3)


def _listen(bench: EmulatedBench) -> dict[str, object]:
    """A second driver, read-only, hears what the first is told."""
    listener = JointDriver(PLAN, ROBOT, MODELS, bench.driver.settings, read_only=True)
    listener.configure()
    listener.activate()
    heard, (velocity, effort) = np.full(len(ROBOT.actuated_names), np.nan), np.zeros((2, len(ROBOT.actuated_names)))
    end = time.monotonic() + LISTEN_FOR
    while time.monotonic() < end:
        bench.beat(bench.stay())
        if listener.begin(0.0) is not None:
            listener.read(heard, velocity, effort, bench.sensors)
            listener.finish()
    sent = sum(bus.sent for bus in listener.exchange.buses().values())
    listener.clean_up()
    return {'listener_off_by': round(float(np.abs(heard - bench.position).max()), 5), 'listener_sent': sent}


def _lose_and_regain(bench: EmulatedBench) -> dict[str, object]:
    subprocess.run(['ip', 'link', 'set', LOST, 'down'], check=True)
    held_after = bench.wait_for(State.HOLD, bench.stay())
    told = bench.explain()
    bench.driver.clean_up()
    try:
        bench.driver.configure()
        refusal = ''
    except BusError as error:
        refusal = str(error)
    subprocess.run(['ip', 'link', 'set', LOST, 'up'], check=True)
    return {
        'down_holds_after_s': round(held_after, 4),
        'down_told_as': told,
        'down_refused_with': refusal,
        'up_obeys_after_s': _start(bench),
    }


def main() -> int:
    """Try, measure, print, and keep the figures in bench/results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--seconds', type=float, default=20.0, help='length of the exchange that is measured; 0: trials only'
    )
    arguments = parser.parse_args()
    try:
        outcome = trials()
    except BusError as error:
        print(error, file=sys.stderr)
        return 1
    results = {'kernel': platform.release(), 'trials': outcome}
    if arguments.seconds > 0:
        results['exchange'], results['floor'] = exchange(arguments.seconds, wired=True)
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
