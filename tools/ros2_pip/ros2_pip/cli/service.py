# SPDX-License-Identifier: Apache-2.0
"""ros2 service."""
from __future__ import annotations

import argparse

from .direct_node import add_spin_time, direct_node, discover, full_name
from .direct_node import call as call_service
from .interfaces import fill, load_interface, parse_values


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verbs."""
    verbs = parser.add_subparsers(metavar='verb', required=True)
    listing = verbs.add_parser('list', help='names of all services')
    listing.add_argument('-t', '--show-types', action='store_true', help='their types too')
    listing.set_defaults(function=show_list)
    add_spin_time(listing)
    calling = verbs.add_parser('call', help='call a service')
    calling.add_argument('service_name')
    calling.add_argument('service_type', help='e.g. std_srvs/srv/Trigger')
    calling.add_argument('values', nargs='?', default='{}', help="request as YAML, e.g. '{data: true}'")
    calling.add_argument('--timeout', type=float, default=10.0, help='for service and answer [s], default %(default)s')
    calling.set_defaults(function=call)


def show_list(options: argparse.Namespace) -> None:
    """Prints the services."""
    with direct_node() as node:
        discover(node, options.spin_time)
        for name, types in sorted(node.get_service_names_and_types()):
            if '/_' not in name:
                print(f"{name} [{', '.join(types)}]" if options.show_types else name)


def call(options: argparse.Namespace) -> None:
    """Calls a service and prints the answer."""
    service = load_interface(options.service_type, 'srv')
    request = fill(service.Request(), parse_values(options.values))
    with direct_node() as node:
        print(f'requester: making request: {request!r}\n', flush=True)
        answer = call_service(node, service, full_name(options.service_name), request, options.timeout)
        print(f'response:\n{answer!r}\n')
