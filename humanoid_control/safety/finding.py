# SPDX-License-Identifier: Apache-2.0
"""What a monitor sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A cause of a fault that is there now.

    Attributes:
        code: key of the fault table.
        subject: joint, topic or node; empty if there is only one.
        detail: what was measured, with figures and units.
    """

    code: str
    subject: str = ''
    detail: str = ''
