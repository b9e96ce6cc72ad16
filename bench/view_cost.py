# SPDX-License-Identifier: Apache-2.0
"""What the page in the browser costs while a shift works, and how long STOP on it takes to the supervisor's heartbeat.

python -m bench.view_cost
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import rclpy
from rcl_interfaces.msg import Log
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String, UInt8
from std_srvs.srv import Trigger

from bench.shift_speed import cpu_times
from humanoid_control.safety import SafetyState, StopCategory

sys.path.insert(0, str(Path(__file__).parents[1] / 'test' / 'view'))
from browser import Browser, wait_for

RESULTS = Path(__file__).parent / 'results' / 'view.json'
DOMAIN = '37'
START = 120.0  # [s] of real time for shift, page and every answer
MOST_VIEWERS = 3
SETTLED = 3.0  # [s] after which the start of a node or a page costs nothing any more
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Watch(Node):
    """Hears what the supervisor says, in a thread of its own.

    Attributes:
        changes: (category, steady time [s]) of every change of the heartbeat since it was cleared.
        pressed: steady times [s] at which the view said that STOP was pressed, since it was cleared.
        mode: of the supervisor.
    """

    def __init__(self) -> None:
        super().__init__('view_cost')
        self.changes: list[tuple[int, float]] = []
        self.pressed: list[float] = []
        self._category = -1
        self.mode = ''
        self.create_subscription(UInt8, 'safety/heartbeat', self._on_heartbeat, 1)
        self.create_subscription(String, 'safety/state', self._on_state, LATCHED)
        self.create_subscription(Log, '/rosout', self._on_log, 50)
        self._reset = self.create_client(Trigger, 'safety/reset')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)
        self._thread = threading.Thread(target=self._executor.spin)
        self._thread.start()

    def close(self) -> None:
        """End the thread and the node."""
        self._executor.shutdown()
        self._thread.join()
        self.destroy_node()

    def works_after_reset(self) -> bool:
        """Whether it runs again; else ask for a reset, which is refused while it makes no sense."""
        self._reset.call_async(Trigger.Request())
        time.sleep(0.3)
        return self.mode == 'running'

    def _on_heartbeat(self, message: UInt8) -> None:
        if message.data != self._category:
            self._category = message.data
            self.changes.append((message.data, time.monotonic()))

    def _on_log(self, message: Log) -> None:
        if message.msg == 'stop pressed in the browser':
            self.pressed.append(time.monotonic())

    def _on_state(self, message: String) -> None:
        self.mode = SafetyState.from_json(message.data).mode


@contextlib.contextmanager
def launched(*arguments: str) -> Iterator[tuple[int, Callable[[], str]]]:
    """A launch file with arguments; its process id, and what waits for the address of the page and returns it."""
    process = subprocess.Popen(
        ['ros2', 'launch', 'humanoid_assembly', *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True).start()

    def find() -> re.Match | None:
        return re.search(r'in the browser: (\S+)', ''.join(lines))

    def address() -> str:
        wait_for(find, START, 'the page')
        return find().group(1)

    try:
        yield process.pid, address
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def share(launch: int, seconds: float) -> float:
    """Processor time of the view over real time."""
    begin, used = time.monotonic(), cpu_times(launch)['view']
    time.sleep(seconds)
    return (cpu_times(launch)['view'] - used) / (time.monotonic() - begin)


@contextlib.contextmanager
def looking(address: str) -> Iterator[Browser]:
    """A browser with the page of a robot that is free to work."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(Path(profile))
        try:
            browser.open(address)
            wait_for(lambda: 'Running' in browser.text(), START, 'the page')
            yield browser
        finally:
            browser.close()


def costs(watch: Watch, seconds: float) -> dict[str, float]:
    """Shares of a core that the view takes while a shift works, by number of viewers."""
    shares = {}
    arguments = ('shift.launch.py', 'cycles:=1000', 'record:=false', 'web:=true', 'port:=0')
    with launched(*arguments) as (launch, address), contextlib.ExitStack() as browsers:
        wait_for(lambda: watch.mode == 'running', START, 'a robot that works')
        page = address()
        time.sleep(SETTLED)
        for viewers in range(MOST_VIEWERS + 1):
            if viewers:
                browsers.enter_context(looking(page))
                time.sleep(SETTLED)
            shares[str(viewers)] = round(share(launch, seconds), 4)
            print(f'{viewers} viewers: {100 * shares[str(viewers)]:.1f} % of a core', flush=True)
    return shares


def stop_times(watch: Watch, stops: int) -> dict[str, list[float]]:
    """Times [ms] from the click on STOP to the view and from there to category 1 on the heartbeat; the robot stands."""
    times: dict[str, list[float]] = {'click to view': [], 'view to category 1': [], 'click to category 1': []}
    watch.mode = ''
    with launched('sim.launch.py'), launched('view.launch.py', 'rviz:=false', 'web:=true', 'port:=0') as (_, address):
        wait_for(lambda: watch.mode == 'running', START, 'a robot that stands')
        with looking(address()) as browser:
            for _ in range(stops):
                watch.changes.clear()
                watch.pressed.clear()
                browser.click('STOP')
                wait_for(lambda: watch.changes and watch.pressed, START, 'the heartbeat')
                category, heard = watch.changes[0]
                if category != StopCategory.CONTROLLED_SIT:
                    raise SystemExit(f'STOP led to category {category}')
                for name, begin, end in zip(
                    times, (browser.released, watch.pressed[0], browser.released), (watch.pressed[0], heard, heard)
                ):
                    times[name].append(1e3 * (end - begin))
                wait_for(watch.works_after_reset, START, 'a reset')
    return times


def main() -> None:
    """Measure, print, write bench/results/view.json."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--seconds', type=float, default=20.0, help='for each number of viewers')
    arguments.add_argument('--stops', type=int, default=20, help='presses of STOP')
    given = arguments.parse_args()
    os.environ.setdefault('ROS_DOMAIN_ID', DOMAIN)
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    load = os.getloadavg()[0]
    rclpy.init()
    watch = Watch()
    try:
        shares, times = costs(watch, given.seconds), stop_times(watch, given.stops)
    finally:
        watch.close()
        rclpy.shutdown()
    result = {
        'share_of_a_core_by_viewers': shares,
        'stop_ms': {
            name: {
                'median': round(statistics.median(values), 1),
                'p90': round(statistics.quantiles(values, n=10)[-1], 1),
                'worst': round(max(values), 1),
            }
            for name, values in times.items()
        },
        'stops': given.stops,
        'cores': len(os.sched_getaffinity(0)),
        'load_average_before': round(load, 1),
    }
    RESULTS.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    print(json.dumps(result, indent=1))


if __name__ == '__main__':
    main()
