# SPDX-License-Identifier: Apache-2.0
"""ros2 param."""
from __future__ import annotations

import argparse

import yaml
from rcl_interfaces.srv import GetParameters, ListParameters, SetParameters
from rclpy.parameter import Parameter, parameter_value_to_python

from .direct_node import add_spin_time, call, direct_node, wait_for_node
from .errors import CommandError

TIMEOUT = 5.0  # for a node's answer [s]
KINDS = {bool: 'Boolean', int: 'Integer', float: 'Double', str: 'String'}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verbs."""
    verbs = parser.add_subparsers(metavar='verb', required=True)
    listing = verbs.add_parser('list', help='names of the parameters of a node')
    getting = verbs.add_parser('get', help='value of a parameter')
    setting = verbs.add_parser('set', help='set a parameter')
    for verb, function in ((listing, show_list), (getting, show_value), (setting, set_value)):
        verb.add_argument('node_name')
        add_spin_time(verb)
        verb.set_defaults(function=function)
    for verb in (getting, setting):
        verb.add_argument('parameter_name')
    getting.add_argument('--hide-type', action='store_true', help='the value alone')
    setting.add_argument('value', help='as YAML: true, 1, 1.0, text, [1, 2]')


def show_list(options: argparse.Namespace) -> None:
    """Prints the names."""
    with direct_node() as node:
        full = wait_for_node(node, options.node_name, 2 * options.spin_time)
        for name in sorted(call(
                    node, ListParameters, f'{full}/list_parameters', ListParameters.Request(), TIMEOUT).result.names):
            print(f'  {name}')


def show_value(options: argparse.Namespace) -> None:
    """Prints a value."""
    with direct_node() as node:
        full = wait_for_node(node, options.node_name, 2 * options.spin_time)
        request = GetParameters.Request(names=[options.parameter_name])
        answer = call(node, GetParameters, f'{full}/get_parameters', request, TIMEOUT)
        value = parameter_value_to_python(answer.values[0]) if answer.values else None
        if value is None:
            raise CommandError(f"Parameter '{options.parameter_name}' not set")
        if isinstance(value, list) or hasattr(value, 'tolist'):
            value, label = list(value), 'values are'
        else:
            label = 'value is'
        print(value if options.hide_type else f"{KINDS.get(type(value), '')} {label}: {value}".strip())


def set_value(options: argparse.Namespace) -> None:
    """Sets a value."""
    with direct_node() as node:
        full = wait_for_node(node, options.node_name, 2 * options.spin_time)
        parameter = Parameter(options.parameter_name, value=yaml.safe_load(options.value))
        request = SetParameters.Request(parameters=[parameter.to_parameter_msg()])
        result = call(node, SetParameters, f'{full}/set_parameters', request, TIMEOUT).results[0]
        reason = f': {result.reason}' if result.reason else ''
        if not result.successful:
            raise CommandError(f'Setting parameter failed{reason}')
        print(f'Set parameter successful{reason}')
