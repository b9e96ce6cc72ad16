# SPDX-License-Identifier: Apache-2.0
"""The topics of a recording, as they come over the wire."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from humanoid_control.doctor import TopicTable
from humanoid_control.doctor.topic_table import Topic
from humanoid_control.middleware.polled_topics_node import PolledTopics
from humanoid_control.model import ConfigurationError
from humanoid_control.recording.cdr import header_stamp
from humanoid_control.recording.channel import Channel, OfferedQuality
from humanoid_control.recording.errors import RecordingError
from humanoid_control.recording.message_definition import MessageDefinition
from humanoid_control.recording.picture import COMPRESSED_TYPE, TYPE, as_jpeg
from humanoid_control.recording.rate_limit import RateLimit
from humanoid_control.recording.recording import Entry
from humanoid_control.recording.settings import RecordedTopic, RecordingSettings

DEPTH = 200  # messages kept for the next look: more than come in several poll periods
PICTURES = 4  # the same for pictures, which are large


@dataclass
class _Tap:
    """One topic: its settings, and its channel once a publisher is known."""

    topic: str
    definition: MessageDefinition
    settings: RecordedTopic
    limit: RateLimit
    stamped: bool
    channel: Channel | None = None


class RecordedTopics:
    """Subscribes to every topic of a configuration, without deserialising anything.

    Attributes:
        problem: why a picture could not be kept; empty if none.
    """

    def __init__(self, node: Node, table: TopicTable, settings: RecordingSettings):
        """Subscribe. Raises ConfigurationError or RecordingError that names the topic or type at fault."""
        self.problem = ''
        self._node = node
        self._quality = settings.jpeg_quality
        self._entries: list[Entry] = []
        self._polled = PolledTopics(node)
        for name, recorded in settings.topics.items():
            if name not in table:
                raise ConfigurationError(f'recording: topic {name!r} is not among those of config/topics.yaml')
            if recorded.jpeg and table[name].type != TYPE:
                raise ConfigurationError(f'recording: topics.{name}.jpeg: is for {TYPE}, not for {table[name].type}')
            self._subscribe(name, table[name], recorded)

    def read(self) -> list[Entry]:
        """What has come since the last call."""
        self._polled.poll()
        entries, self._entries = self._entries, []
        return entries

    def _subscribe(self, name: str, topic: Topic, recorded: RecordedTopic) -> None:
        definition = MessageDefinition.find(COMPRESSED_TYPE if recorded.jpeg else topic.type)
        full = self._node.resolve_topic_name(name)
        tap = _Tap(full, definition, recorded, RateLimit(recorded.max_rate), definition.stamped)
        package, _, kind = topic.type.split('/')
        quality = QoSProfile(
            depth=PICTURES if topic.type == TYPE else DEPTH,
            reliability=ReliabilityPolicy[topic.reliability.upper()],
            durability=DurabilityPolicy[topic.durability.upper()],
        )
        self._polled.add(
            getattr(importlib.import_module(f'{package}.msg'), kind),
            name,
            lambda message, info: self._take(tap, message, info),
            quality,
            raw=True,
            info=True,
        )

    def _take(self, tap: _Tap, message: bytes, info: Mapping[str, int]) -> None:
        received = info['received_timestamp']
        try:
            if not tap.limit.passes(header_stamp(message) if tap.stamped else received):
                return
            data = as_jpeg(message, self._quality) if tap.settings.jpeg else message
        except RecordingError as error:
            self.problem = f'{tap.topic}: {error}; set jpeg: false for this topic'
            return
        if tap.channel is None:
            tap.channel = self._channel(tap)
        self._entries.append((received, info['source_timestamp'], tap.channel, data))

    def _channel(self, tap: _Tap) -> Channel:
        infos = self._node.get_publishers_info_by_topic(tap.topic)
        profiles = [info.qos_profile for info in infos]
        offered = tuple(
            OfferedQuality(
                profile.reliability.name.lower(),
                profile.durability.name.lower(),
                # publishers do not tell their history over the wire
                'unknown' if profile.depth == 0 else profile.history.name.lower(),
                profile.depth,
            )
            for profile in profiles
        )
        topic = f'{tap.topic}/compressed' if tap.settings.jpeg else tap.topic
        return Channel(topic, tap.definition, offered, tap.settings.repeat)
