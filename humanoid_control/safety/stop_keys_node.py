# SPDX-License-Identifier: Apache-2.0
"""`ros2 run humanoid_assembly stop_keys`: the keyboard, or a USB button that types a key, as stop button."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import termios
import time
import tty
from collections.abc import Iterator

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import remove_ros_args
from std_srvs.srv import Trigger

DISCOVERY = 5.0  # [s] to find the supervisor
ANSWER = 1.0  # [s] a stop may take
END = ('q', '\x03', '\x04')  # Ctrl-C and Ctrl-D as a raw terminal delivers them
SERVICES = {'r': 'safety/reset', 'h': 'safety/hold'}
STOP = 'safety/stop'
HELP = 'space or any other key: STOP (sits down)   h: hold still   r: reset   q: leave'
UNANSWERED = 'NO ANSWER from the supervisor: use the hardware stop if the robot must stop'


class StopKeysNode(Node):
    """Calls the supervisor's services."""

    def __init__(self) -> None:
        super().__init__('stop_keys', start_parameter_services=False)
        self._clients_by_name = {name: self.create_client(Trigger, name) for name in (STOP, *SERVICES.values())}
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)

    def find_supervisor(self) -> bool:
        """Whether the supervisor's services are there, waiting a little for them."""
        end = time.monotonic() + DISCOVERY
        return all(
            c.wait_for_service(timeout_sec=max(0.0, end - time.monotonic())) for c in self._clients_by_name.values()
        )

    def call(self, service: str) -> tuple[bool, str]:
        """Call a service; whether it succeeded, and what to say."""
        future = self._clients_by_name[service].call_async(Trigger.Request())
        end = time.monotonic() + ANSWER
        while not future.done() and time.monotonic() < end:
            self._executor.spin_once(timeout_sec=end - time.monotonic())
        if not future.done():
            return False, UNANSWERED
        return future.result().success, f'{service}: {future.result().message}'


@contextlib.contextmanager
def single_keys() -> Iterator[None]:
    """Keys arrive at once and unseen; afterwards the terminal is as before."""
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


def main() -> int:
    """Listen for keys until q; 1 when the supervisor is not there or does not answer."""
    parser = argparse.ArgumentParser(prog='stop_keys', description=__doc__, epilog=HELP)
    parser.add_argument('--now', action='store_true', help='stop at once and end')
    arguments = parser.parse_args(remove_ros_args(sys.argv)[1:])
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)  # a signal ends the program as usual
    node = StopKeysNode()
    try:
        if not node.find_supervisor():
            print(f'stop_keys: no supervisor found within {DISCOVERY:g} s. {UNANSWERED}', file=sys.stderr)
            return 1
        if arguments.now:
            done, text = node.call(STOP)
            print(text)
            return 0 if done else 1
        if not sys.stdin.isatty():
            print('stop_keys: needs a terminal; in a program use --now', file=sys.stderr)
            return 1
        return _listen(node)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


def _listen(node: StopKeysNode) -> int:
    print(HELP, flush=True)
    with single_keys():
        while True:
            key = os.read(sys.stdin.fileno(), 1).decode(
                errors='replace'
            )  # past Python's buffer, which would keep keys back
            if not key or key in END:
                return 0
            _, text = node.call(SERVICES.get(key, STOP))
            print(text, end='\r\n', flush=True)


if __name__ == '__main__':
    sys.exit(main())
