# SPDX-License-Identifier: Apache-2.0
"""A node of the launch itself."""
from __future__ import annotations

import os
import threading

import rclpy
from launch import LaunchContext
from launch.event_handlers import OnShutdown
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node


class RosAdapter:
    """A node that spins in a thread, for lifecycle nodes."""

    def __init__(self) -> None:
        self._context = rclpy.Context()
        rclpy.init(args=[], context=self._context)
        self.node = rclpy.create_node(f'launch_ros_{os.getpid()}', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._running = True
        self._thread = threading.Thread(target=self._spin, name='launch_ros')
        self._thread.start()

    def _spin(self) -> None:
        while self._running:  # a finite wait: subscriptions made meanwhile are taken up with the next one
            self._executor.spin_once(timeout_sec=0.1)

    def shutdown(self) -> None:
        """Ends the thread and the node."""
        self._running = False
        self._thread.join()
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)


def get_ros_node(context: LaunchContext) -> Node:
    """The node of a launch, made when first asked for and gone when the launch ends."""
    adapter = context.get_locals_as_dict().get('ros_adapter')
    if adapter is None:
        adapter = RosAdapter()
        context.extend_globals({'ros_adapter': adapter})
        context.register_event_handler(OnShutdown(on_shutdown=lambda event, context: adapter.shutdown()))
    return adapter.node
