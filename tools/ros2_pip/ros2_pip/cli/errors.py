# SPDX-License-Identifier: Apache-2.0
"""Errors of the ros2 command."""
from __future__ import annotations


class CommandError(Exception):
    """A command can't do what was asked; the message says why."""
