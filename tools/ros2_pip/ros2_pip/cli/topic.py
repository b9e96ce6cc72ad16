# SPDX-License-Identifier: Apache-2.0
"""ros2 topic."""
from __future__ import annotations

import argparse
import math
import time
from collections import deque

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from .direct_node import add_spin_time, direct_node, discover, full_name, spin_for, spin_until
from .errors import CommandError
from .interfaces import fill, load_interface, parse_values, to_yaml

RELIABILITIES = {'reliable': ReliabilityPolicy.RELIABLE, 'best_effort': ReliabilityPolicy.BEST_EFFORT}
DURABILITIES = {'volatile': DurabilityPolicy.VOLATILE, 'transient_local': DurabilityPolicy.TRANSIENT_LOCAL}
PATIENCE = 5.0  # for a topic to appear [s]
ACKNOWLEDGED = 2.0  # longest wait for the last message to be taken [s]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verbs."""
    verbs = parser.add_subparsers(metavar='verb', required=True)
    listing = verbs.add_parser('list', help='names of all topics')
    listing.add_argument('-t', '--show-types', action='store_true', help='their types too')
    listing.set_defaults(function=show_list)
    info = verbs.add_parser('info', help='type, publishers and subscriptions of a topic')
    info.add_argument('-v', '--verbose', action='store_true', help='nodes and QoS too')
    info.set_defaults(function=show_info)
    echo = verbs.add_parser('echo', help='print messages')
    echo.set_defaults(function=show_messages)
    hz = verbs.add_parser('hz', help='measure the rate')
    hz.add_argument('-w', '--window', type=int, default=10000, help='messages to average, default %(default)s')
    hz.set_defaults(function=show_rate)
    pub = verbs.add_parser('pub', help='publish messages')
    pub.set_defaults(function=publish)
    for verb in (listing, info):
        add_spin_time(verb)
    for verb in (info, echo, hz, pub):
        verb.add_argument('topic_name')
    for verb in (echo, hz, pub):
        verb.add_argument('--qos-reliability', choices=RELIABILITIES)
        verb.add_argument('--qos-durability', choices=DURABILITIES)
        verb.add_argument('--qos-depth', type=int, default=10)
    echo.add_argument('message_type', nargs='?')
    echo.add_argument('--once', action='store_true', help='one message, then end')
    echo.add_argument('--timeout', type=float, help='end with an error if no message comes for this time [s]')
    echo.add_argument('--field', help='only a part, e.g. pose.position')
    echo.add_argument('-f', '--full-length', action='store_true', help='long arrays and texts whole')
    pub.add_argument('message_type', help='e.g. std_msgs/msg/String')
    pub.add_argument('values', nargs='?', default='{}', help="message as YAML, e.g. '{data: hello}'")
    pub.add_argument('-r', '--rate', type=float, default=1.0, help='messages a second, default %(default)s')
    times = pub.add_mutually_exclusive_group()
    times.add_argument('-1', '--once', action='store_const', const=1, dest='times', help='one message, then end')
    times.add_argument('-t', '--times', type=int, help='that many messages, then end')
    pub.add_argument('-w', '--wait-matching-subscriptions', type=int, dest='wait',
                     help='wait for that many subscriptions first; 1 with --once or --times, else 0')


def show_list(options: argparse.Namespace) -> None:
    """Prints the topics."""
    with direct_node() as node:
        discover(node, options.spin_time)
        for name, types in sorted(node.get_topic_names_and_types()):
            if '/_' not in name:
                print(f"{name} [{', '.join(types)}]" if options.show_types else name)


def show_info(options: argparse.Namespace) -> None:
    """Prints who publishes and subscribes a topic."""
    with direct_node() as node:
        name = full_name(options.topic_name)
        type_name = find_type(node, name)
        spin_for(node, min(options.spin_time, 1.0))
        print(f'Type: {type_name}\n')
        for title, endpoints in (('Publisher', node.get_publishers_info_by_topic(name)),
                                 ('Subscription', node.get_subscriptions_info_by_topic(name))):
            print(f'{title} count: {len(endpoints)}\n' if options.verbose else f'{title} count: {len(endpoints)}')
            for endpoint in endpoints if options.verbose else []:
                print(f'{endpoint}\n')


def find_type(node: Node, topic: str) -> str:
    """Type of a topic, once it is discovered. Raises CommandError if it doesn't appear."""
    def types() -> list[str]:
        return dict(node.get_topic_names_and_types()).get(topic, [])

    if not spin_until(node, lambda: bool(types()), PATIENCE):
        raise CommandError(f"topic '{topic}' does not appear to be published yet")
    return types()[0]


def subscription_qos(node: Node, topic: str, options: argparse.Namespace) -> QoSProfile:
    """The options' QoS; what isn't given fits the publishers that exist."""
    spin_until(node, lambda: node.count_publishers(topic) > 0, 1.0)
    offered = [endpoint.qos_profile for endpoint in node.get_publishers_info_by_topic(topic)]
    reliable = all(profile.reliability == ReliabilityPolicy.RELIABLE for profile in offered)
    latched = bool(offered) and all(profile.durability == DurabilityPolicy.TRANSIENT_LOCAL for profile in offered)
    return QoSProfile(
        depth=options.qos_depth,
        reliability=RELIABILITIES[options.qos_reliability or ('reliable' if reliable else 'best_effort')],
        durability=DURABILITIES[options.qos_durability or ('transient_local' if latched else 'volatile')])


def show_messages(options: argparse.Namespace) -> None:
    """Prints messages as they come."""
    with direct_node() as node:
        name = full_name(options.topic_name)
        message_type = load_interface(options.message_type or find_type(node, name), 'msg')
        last = [time.monotonic()]
        shown = [0]

        def show(message: object) -> None:
            if options.once and shown[0]:
                return
            last[0] = time.monotonic()
            shown[0] += 1
            print(f'{to_yaml(field(message, options.field), None if options.full_length else 128)}---', flush=True)

        node.create_subscription(message_type, name, show, subscription_qos(node, name, options))
        limit = math.inf if options.timeout is None else options.timeout
        spin_until(node, lambda: (options.once and shown[0] > 0) or time.monotonic() - last[0] > limit, None)
        if not (options.once and shown[0]):
            raise CommandError(f"no message on '{name}' for {options.timeout} s")


def field(message: object, path: str | None) -> object:
    """A part of a message. Raises CommandError naming a part that doesn't exist."""
    for part in path.split('.') if path else []:
        if not hasattr(message, part):
            raise CommandError(f"{type(message).__name__} has no field '{part}'")
        message = getattr(message, part)
    return message


def show_rate(options: argparse.Namespace) -> None:
    """Prints the rate once a second."""
    with direct_node() as node:
        name = full_name(options.topic_name)
        message_type = load_interface(find_type(node, name), 'msg')
        arrivals: deque[float] = deque(maxlen=options.window)
        # Raw: only the time counts, a big message needn't be unpacked.
        node.create_subscription(message_type, name, lambda _: arrivals.append(time.monotonic()),
                                 subscription_qos(node, name, options), raw=True)
        while True:
            spin_for(node, 1.0)
            if len(arrivals) < 2:
                print('no new messages', flush=True)
                continue
            times = list(arrivals)
            periods = [later - earlier for earlier, later in zip(times, times[1:])]
            mean = sum(periods) / len(periods)
            deviation = math.sqrt(sum((period - mean) ** 2 for period in periods) / len(periods))
            print(f'average rate: {1.0 / mean:.3f}\n\tmin: {min(periods):.3f}s max: {max(periods):.3f}s '
                  f'std dev: {deviation:.5f}s window: {len(times)}', flush=True)


def publish(options: argparse.Namespace) -> None:
    """Publishes messages."""
    message_type = load_interface(options.message_type, 'msg')
    message = fill(message_type(), parse_values(options.values))
    with direct_node() as node:
        name = full_name(options.topic_name)
        publisher = node.create_publisher(message_type, name, QoSProfile(
            depth=options.qos_depth, reliability=RELIABILITIES[options.qos_reliability or 'reliable'],
            durability=DURABILITIES[options.qos_durability or 'volatile']))
        wanted = options.wait if options.wait is not None else (1 if options.times else 0)
        if wanted:
            print(f'Waiting for at least {wanted} matching subscription(s)...', flush=True)
            spin_until(node, lambda: publisher.get_subscription_count() >= wanted, None)
        print('publisher: beginning loop', flush=True)
        count = 0
        while options.times is None or count < options.times:
            count += 1
            print(f'publishing #{count}: {message!r}\n', flush=True)
            publisher.publish(message)
            if options.times is None or count < options.times:
                spin_for(node, 1.0 / options.rate)
        # a subscription that is matched here may not know this publisher yet
        publisher.wait_for_all_acked(Duration(seconds=ACKNOWLEDGED))
