# SPDX-License-Identifier: Apache-2.0
"""Which process an event is for."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...actions import ExecuteProcess


def matches_name(name: str) -> Callable[[ExecuteProcess], bool]:
    """Matcher for processes of a name, as [name-N] shows it."""
    return lambda action: action.process_details['name'] == name


def matches_pid(pid: int) -> Callable[[ExecuteProcess], bool]:
    """Matcher for a process id."""
    return lambda action: action.process_details.get('pid') == pid
