# SPDX-License-Identifier: Apache-2.0
"""Bags made and read in tests."""

from __future__ import annotations

from pathlib import Path

from rclpy.serialization import serialize_message
from std_msgs.msg import String

from humanoid_control.recording.bag_reader import BagReader
from humanoid_control.recording.message_decoder import MessageDecoder


def word(text: str) -> bytes:
    """A std_msgs/String in wire form."""
    return bytes(serialize_message(String(data=text)))


def read_words(folder: Path, topic: str = '/words') -> list[str]:
    """Texts of all messages of a String topic of a bag."""
    decoder = MessageDecoder()
    return [decoder.decode(message).data for message in BagReader(folder).messages([topic])]
