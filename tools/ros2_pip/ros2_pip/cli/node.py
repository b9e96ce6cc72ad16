# SPDX-License-Identifier: Apache-2.0
"""ros2 node."""
from __future__ import annotations

import argparse

from .direct_node import add_spin_time, direct_node, discover, spin_for, visible_nodes, wait_for_node

SETTLING = 0.5  # for the endpoints of a node that is discovered [s]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verbs."""
    verbs = parser.add_subparsers(metavar='verb', required=True)
    listing = verbs.add_parser('list', help='names of all nodes')
    listing.add_argument('-a', '--all', action='store_true', help='hidden ones too')
    listing.set_defaults(function=show_list)
    info = verbs.add_parser('info', help='topics and services of a node')
    info.add_argument('node_name')
    info.set_defaults(function=show_info)
    for verb in (listing, info):
        add_spin_time(verb)


def show_list(options: argparse.Namespace) -> None:
    """Prints the nodes."""
    with direct_node() as node:
        discover(node, options.spin_time)
        for name in visible_nodes(node, hidden=options.all):
            print(name)


def show_info(options: argparse.Namespace) -> None:
    """Prints what a node publishes, subscribes, serves and calls."""
    with direct_node() as node:
        full = wait_for_node(node, options.node_name, 2 * options.spin_time)
        spin_for(node, SETTLING)
        namespace, _, name = full.rpartition('/')
        print(full)
        for title, query in (
                ('Subscribers', node.get_subscriber_names_and_types_by_node),
                ('Publishers', node.get_publisher_names_and_types_by_node),
                ('Service Servers', node.get_service_names_and_types_by_node),
                ('Service Clients', node.get_client_names_and_types_by_node)):
            print(f'  {title}:')
            for topic, types in sorted(query(name, namespace or '/')):
                print(f"    {topic}: {', '.join(types)}")
