# SPDX-License-Identifier: Apache-2.0
"""A node as a process: from its creation to an exit code, Ctrl-C at any time."""
from __future__ import annotations

import gc
import signal
import sys
import time
from collections.abc import Callable

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.signals import SignalHandlerOptions

from humanoid_control.middleware.polled_subscription_node import PolledSubscription
from humanoid_control.model.errors import HumanoidError

SIGNALS = (signal.SIGINT, signal.SIGTERM)
STOP_PERIOD = 0.1  # [s] longest time until a spinning node notices that it shall stop
SERVE_PERIOD = 0.05  # [s] between looks at all else of a node that works on one topic
SERVED = 2  # callbacks in one such look: the clock is nearly always one of them


class ProcessNode:
    """What `run_process` needs of a node; inherited beside Node or LifecycleNode.

    Attributes:
        stop: whether the process shall end soon.
        exit_code: code to end with; a spinning node ends when it is no longer None.
        work: the topic that the node works on and what to do with each message of it, as bytes; None: it has no such
            topic. Waiting for one subscription is much cheaper than for all that a node has, and with the clock,
            services and timers looked at now and then only, they do not wake it many times for nothing.
    """

    stop = False
    exit_code: int | None = None
    work: tuple[PolledSubscription, Callable[[bytes], None]] | None = None

    def start(self) -> bool:
        """Called once before `run`; False when the node cannot work."""
        return True

    def run(self) -> None:
        """Work until `stop`; here: be spun."""
        executor = SingleThreadedExecutor()
        executor.add_node(self)
        # what exists now stays: collecting it again and again would only delay callbacks
        gc.collect()
        gc.freeze()
        due = 0.0
        while not self.stop and self.exit_code is None:
            if self.work is None:
                executor.spin_once(timeout_sec=STOP_PERIOD)
                continue
            self.do_work(SERVE_PERIOD)
            if time.monotonic() >= due:
                due = time.monotonic() + SERVE_PERIOD
                for _ in range(SERVED):
                    executor.spin_once(timeout_sec=0.0)
        executor.shutdown()

    def do_work(self, timeout: float) -> None:
        """Wait at most `timeout` [s] for a message to work on."""
        if self.work is None:
            return
        topic, do = self.work
        message = topic.wait(timeout)
        if message is not None:
            do(message)

    def request_stop(self) -> None:
        """Let `run` return soon; called by a signal handler."""
        self.stop = True

    def close(self) -> None:
        """Give back what `destroy_node` does not know of."""


class LifecycleProcessNode(ProcessNode):
    """The same of a lifecycle node with the parameter `autostart`; inherited beside LifecycleNode."""

    def start(self) -> bool:
        """Configure and activate where `autostart` asks for it; False where that fails."""
        if not self.get_parameter('autostart').value:
            return True
        success = TransitionCallbackReturn.SUCCESS
        return self.trigger_configure() == success and self.trigger_activate() == success


def run_process(name: str, create: Callable[[], ProcessNode]) -> int:
    """Create a node and let it work; 0 after Ctrl-C or SIGTERM, 1 when it cannot start, else its `exit_code`.

    The signal handlers only ask for the end: rclpy's own take the context away from under a running callback.
    """
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    caught: list[int] = []
    for number in SIGNALS:
        signal.signal(number, lambda number, _: caught.append(number))
    code = 1
    try:
        code = _work(create(), caught)
    except HumanoidError as error:
        print(f'{name}: {error}', file=sys.stderr)
    # libraries complain about objects that outlive them
    gc.unfreeze()
    gc.collect()
    rclpy.try_shutdown()
    return code


def _work(node: ProcessNode, caught: list[int]) -> int:
    """From creation to destruction; `caught`: signals so far, which more are added to."""
    def stop(number: int, _: object) -> None:
        caught.append(number)
        node.request_stop()

    for number in SIGNALS:
        signal.signal(number, stop)
    if caught:
        node.request_stop()
    if node.start():
        node.run()
        code = node.exit_code or 0
    else:
        code = 0 if caught else 1
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    node.close()
    node.destroy_node()
    return code
