# SPDX-License-Identifier: Apache-2.0
"""How bad a status on `diagnostics` is."""
from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """Levels of diagnostic_msgs/DiagnosticStatus."""

    OK = 0
    WARN = 1
    ERROR = 2
    STALE = 3

    @property
    def byte(self) -> bytes:
        """As the message has it."""
        return bytes([self])
