# SPDX-License-Identifier: Apache-2.0
"""Messages of bags as objects, with nothing but the definitions in the bag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcap.records import Schema
from mcap_ros2.decoder import DecoderFactory

from humanoid_control.recording.bag_reader import RecordedMessage
from humanoid_control.recording.errors import RecordingError


class MessageDecoder:
    """Decodes messages; types are worked out once."""

    def __init__(self) -> None:
        self._decoders: dict[tuple[str, str], Callable[[bytes], Any]] = {}

    def decode(self, message: RecordedMessage) -> Any:
        """An object with the fields of the message. Raises RecordingError if the bag does not define its type."""
        key = message.type, message.definition
        if key not in self._decoders:
            schema = Schema(id=1, name=message.type, encoding='ros2msg', data=message.definition.encode())
            decoder = DecoderFactory().decoder_for('cdr', schema)
            if decoder is None:
                raise RecordingError(f'{message.topic}: no definition of {message.type} in the bag')
            self._decoders[key] = decoder
        return self._decoders[key](message.data)
