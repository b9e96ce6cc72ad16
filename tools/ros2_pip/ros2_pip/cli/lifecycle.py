# SPDX-License-Identifier: Apache-2.0
"""ros2 lifecycle."""
from __future__ import annotations

import argparse

from lifecycle_msgs.srv import ChangeState, GetAvailableTransitions, GetState

from .direct_node import add_spin_time, call, direct_node, discover, wait_for_node
from .errors import CommandError

TIMEOUT = 10.0  # for a node's answer [s]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verbs."""
    verbs = parser.add_subparsers(metavar='verb', required=True)
    nodes = verbs.add_parser('nodes', help='names of the lifecycle nodes')
    nodes.set_defaults(function=show_nodes)
    getting = verbs.add_parser('get', help='state of a node')
    getting.set_defaults(function=show_state)
    setting = verbs.add_parser('set', help='send a node through a transition')
    setting.set_defaults(function=change_state)
    for verb in (getting, setting):
        verb.add_argument('node_name')
    setting.add_argument('transition', help='configure, activate, deactivate, cleanup, shutdown')
    for verb in (nodes, getting, setting):
        add_spin_time(verb)


def show_nodes(options: argparse.Namespace) -> None:
    """Prints the nodes that have a state."""
    with direct_node() as node:
        discover(node, options.spin_time)
        for name, types in sorted(node.get_service_names_and_types()):
            if name.endswith('/get_state') and 'lifecycle_msgs/srv/GetState' in types:
                print(name.removesuffix('/get_state'))


def show_state(options: argparse.Namespace) -> None:
    """Prints a state."""
    with direct_node() as node:
        full = wait_for_node(node, options.node_name, 2 * options.spin_time)
        state = call(node, GetState, f'{full}/get_state', GetState.Request(), TIMEOUT).current_state
        print(f'{state.label} [{state.id}]')


def change_state(options: argparse.Namespace) -> None:
    """Sends a node through a transition that is possible now."""
    with direct_node() as node:
        full = wait_for_node(node, options.node_name, 2 * options.spin_time)
        available = call(node, GetAvailableTransitions, f'{full}/get_available_transitions',
                         GetAvailableTransitions.Request(), TIMEOUT).available_transitions
        wanted = [item.transition for item in available
                  if options.transition in (item.transition.label, str(item.transition.id))]
        if not wanted:
            names = ', '.join(sorted({item.transition.label for item in available}))
            raise CommandError(f"transition '{options.transition}' is not available now, available are: {names}")
        answer = call(node, ChangeState, f'{full}/change_state', ChangeState.Request(transition=wanted[0]), TIMEOUT)
        if not answer.success:
            raise CommandError('Transitioning failed')
        print('Transitioning successful')
