# SPDX-License-Identifier: Apache-2.0
"""Base of all events."""
from __future__ import annotations


class Event:
    """Something that has happened."""

    name = 'launch.Event'
