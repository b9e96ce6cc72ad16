# SPDX-License-Identifier: Apache-2.0
"""What the parts beside the supervisor say when something is wrong, and what to do (config/remedies.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from humanoid_control.model.configuration import load
from humanoid_control.model.robot_description import share_path


@dataclass(frozen=True)
class Remedy:
    """One thing that can go wrong.

    Attributes:
        says: words of the message by which it is found.
        cause: for people.
        steps: what to do, in this order.
    """

    says: tuple[str, ...]
    cause: str
    steps: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ('says', 'cause', 'steps'):
            if not getattr(self, name):
                raise ValueError(f'{name} must not be empty')


@dataclass(frozen=True)
class Part:
    """One part of the software: its title, where its words are seen, and what it says by code."""

    title: str
    seen: str
    entries: dict[str, Remedy]


@dataclass(frozen=True)
class RemedyTable:
    """All parts by name."""

    parts: dict[str, Part]

    @classmethod
    def load(cls, path: str | Path | None = None) -> RemedyTable:
        """Read the table; without a path the package's own. Raises ConfigurationError naming file, key and value."""
        return load(cls, path or share_path('config', 'remedies.yaml'))
