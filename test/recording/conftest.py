# SPDX-License-Identifier: Apache-2.0
"""A channel to record."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from humanoid_control.recording.channel import Channel, OfferedQuality
from humanoid_control.recording.message_definition import MessageDefinition

sys.path.append(str(Path(__file__).parent))  # helper modules, under pytest's importlib mode


@pytest.fixture(scope='session')
def words() -> Channel:
    """A channel of std_msgs/String."""
    return Channel('/words', MessageDefinition.find('std_msgs/msg/String'), (OfferedQuality('reliable', 'volatile'),))
