# SPDX-License-Identifier: Apache-2.0
"""The keyboard as stop button, in a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import threading
import time

import pytest
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_srvs.srv import Trigger

PROGRAM = [sys.executable, '-m', 'humanoid_control.safety.stop_keys_node']


@pytest.fixture
def supervisor():
    """Services that note what was called."""
    context = Context()
    context.init()
    node = Node('supervisor', context=context)
    called: list[str] = []

    def answer(name: str, response: Trigger.Response) -> Trigger.Response:
        called.append(name)
        response.success, response.message = name != 'reset', 'still there' if name == 'reset' else 'sitting down'
        return response

    for name in ('stop', 'hold', 'reset'):
        node.create_service(Trigger, f'safety/{name}', lambda _, response, n=name: answer(n, response))
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    running = True

    def spin() -> None:
        while running:
            executor.spin_once(timeout_sec=0.1)

    thread = threading.Thread(target=spin)
    thread.start()
    yield called
    running = False
    thread.join()
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()


class Terminal:
    """The program on a pseudo terminal."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(PROGRAM, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.text = ''

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def read_until(self, expected: str) -> None:
        end = time.monotonic() + 30
        while expected not in self.text:
            assert time.monotonic() < end, f'waited for {expected!r}, read {self.text!r}'
            if select.select([self._master], [], [], 0.1)[0]:
                self.text += os.read(self._master, 4096).decode()


def test_keys_stop_hold_reset_and_leave(supervisor):
    terminal = Terminal()
    terminal.read_until('any other key: STOP')
    terminal.type(' ')
    terminal.read_until('safety/stop: sitting down')
    terminal.type('r')
    terminal.read_until('safety/reset: still there')
    terminal.type('hq')
    assert terminal.process.wait(timeout=15) == 0
    assert supervisor == ['stop', 'reset', 'hold']


def test_now_stops_at_once(supervisor):
    result = subprocess.run([*PROGRAM, '--now'], capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, supervisor) == (0, ['stop'])
    assert 'sitting down' in result.stdout


def test_without_a_terminal_it_says_what_to_do(supervisor):
    result = subprocess.run(PROGRAM, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and '--now' in result.stderr


def test_without_a_supervisor_it_points_to_the_hardware_stop():
    result = subprocess.run([*PROGRAM, '--now'], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and 'hardware stop' in result.stderr
