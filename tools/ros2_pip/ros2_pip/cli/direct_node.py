# SPDX-License-Identifier: Apache-2.0
"""A node for the time of a command."""
from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node

from .errors import CommandError

SETTLING = 0.5  # for both sides of a connection to know of each other [s]
HIDDEN = '_'  # names that begin so are ROS's own tools


def add_spin_time(parser: argparse.ArgumentParser) -> None:
    """The option for the time of discovery."""
    parser.add_argument('--spin-time', type=float, default=3.0, help='time for discovery [s], default %(default)s')


@contextmanager
def direct_node() -> Iterator[Node]:
    """A hidden node without parameter services, gone at the end."""
    rclpy.init(args=[])
    node = rclpy.create_node(f'_ros2cli_{os.getpid()}', start_parameter_services=False, enable_rosout=False)
    try:
        yield node
    except ExternalShutdownException as error:
        raise KeyboardInterrupt from error
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


def spin_for(node: Node, seconds: float) -> None:
    """Lets discovery work for a time [s]."""
    spin_until(node, lambda: False, seconds)


def spin_until(node: Node, condition: Callable[[], bool], timeout: float | None) -> bool:
    """Spins until a condition holds; False if it doesn't within the timeout [s]."""
    end = None if timeout is None else time.monotonic() + timeout
    while not condition():
        if end is not None and time.monotonic() >= end:
            return False
        rclpy.spin_once(node, timeout_sec=0.1)
    return True


def discover(node: Node, seconds: float) -> None:
    """Lets discovery work for a time [s], and as long again while no node is seen: a busy machine is slow."""
    spin_for(node, seconds)
    if not visible_nodes(node) and spin_until(node, lambda: bool(visible_nodes(node)), seconds):
        spin_for(node, SETTLING)


def call(node: Node, service: type, name: str, request: object, timeout: float) -> object:
    """Answer of a service. Raises CommandError if it isn't there, or doesn't answer, within the timeout [s]."""
    client = node.create_client(service, name)
    if not spin_until(node, client.service_is_ready, timeout):
        raise CommandError(f"service '{name}' not available after {timeout} s")
    spin_for(node, SETTLING)  # the server must know this client too, or its answer is lost
    future = client.call_async(request)
    if not spin_until(node, future.done, timeout):
        raise CommandError(f"service '{name}' has not answered after {timeout} s")
    return future.result()


def full_name(name: str) -> str:
    """A name with its leading slash."""
    return name if name.startswith('/') else f'/{name}'


def visible_nodes(node: Node, *, hidden: bool = False) -> list[str]:
    """Full names of all nodes, sorted."""
    names = [(name, namespace.rstrip('/')) for name, namespace in node.get_node_names_and_namespaces()]
    return sorted(f'{namespace}/{name}' for name, namespace in names if hidden or not name.startswith(HIDDEN))


def wait_for_node(node: Node, name: str, timeout: float) -> str:
    """Full name of a node, once it is discovered. Raises CommandError after the timeout [s]."""
    wanted = full_name(name)
    if not spin_until(node, lambda: wanted in visible_nodes(node, hidden=True), timeout):
        raise CommandError(f"Node '{wanted}' not found, there are: {', '.join(visible_nodes(node)) or 'none'}")
    return wanted
