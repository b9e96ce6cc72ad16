# SPDX-License-Identifier: Apache-2.0
"""Definitions of message types as bags hold them: everything a reader needs without the packages installed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from humanoid_control.recording.errors import RecordingError

SEPARATOR = 80 * '='
PRIMITIVE = {
    *('bool', 'byte', 'char', 'float32', 'float64', 'string', 'wstring'),
    *(f'{sign}int{bits}' for sign in ('', 'u') for bits in (8, 16, 32, 64)),
}
FIELD = re.compile(r'^\s*(?P<type>[A-Za-z][\w/]*)(?:<=\d+)?(?:\[(?:<=)?\d*\])?\s+[a-z]\w*(?!\s*=)\b')
HEADER = 'std_msgs/msg/Header'


@dataclass(frozen=True)
class MessageDefinition:
    """A message type, complete.

    Attributes:
        type: e.g. `sensor_msgs/msg/JointState`.
        text: its .msg file, followed by those of all types in it (MCAP's schema encoding `ros2msg`).
        type_hash: hash of REP-2011 (`RIHS01_…`), empty where the package does not tell it.
        stamped: whether it begins with std_msgs/Header.
    """

    type: str
    text: str
    type_hash: str
    stamped: bool

    @classmethod
    def find(cls, message_type: str) -> MessageDefinition:
        """Definition of an installed message type.

        Raises RecordingError naming the type and what of it is missing.
        """
        files = {message_type: _message_file(message_type)}
        texts: dict[str, str] = {}
        while missing := [name for name in files if name not in texts]:
            for name in missing:
                texts[name] = files[name].read_text(encoding='utf-8').rstrip() + '\n'
                for part in _parts(texts[name], name.split('/')[0]):
                    if part not in files:
                        files[part] = _message_file(part)
        whole = texts.pop(message_type)
        first = next(iter(_parts(whole, message_type.split('/')[0])), None)
        for name, text in texts.items():
            package, _, kind = name.split('/')
            whole += f'{SEPARATOR}\nMSG: {package}/{kind}\n{text}'
        stamped = first == HEADER and _first_type(whole) in ('std_msgs/Header', HEADER)
        return cls(message_type, whole, _type_hash(message_type, files[message_type]), stamped)


def _parts(text: str, package: str) -> list[str]:
    """Types of the fields that are no primitives, in the order of their first appearance."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        match = FIELD.match(line.partition('#')[0])
        if match is None or match['type'] in PRIMITIVE:
            continue
        words = match['type'].split('/')
        found[f'{words[0] if len(words) > 1 else package}/msg/{words[-1]}'] = None
    return list(found)


def _first_type(text: str) -> str:
    for line in text.splitlines():
        if match := FIELD.match(line.partition('#')[0]):
            return match['type']
    return ''


def _message_file(message_type: str) -> Path:
    from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

    package, _, kind = message_type.partition('/msg/')
    try:
        path = Path(get_package_share_directory(package), 'msg', f'{kind}.msg')
    except (PackageNotFoundError, ValueError) as error:
        raise RecordingError(f'{message_type}: package {package!r} is not installed') from error
    if not path.is_file():
        raise RecordingError(f'{message_type}: {path} does not exist; the package must install its .msg files')
    return path


def _type_hash(message_type: str, path: Path) -> str:
    try:
        hashes = json.loads(path.with_suffix('.json').read_text(encoding='utf-8'))['type_hashes']
    except (OSError, ValueError, KeyError):
        return ''
    return next((entry['hash_string'] for entry in hashes if entry['type_name'] == message_type), '')
