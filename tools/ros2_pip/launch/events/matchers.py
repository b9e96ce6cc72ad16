# SPDX-License-Identifier: Apache-2.0
"""Which action an event is for."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..action import Action


def matches_action(target_action: Action) -> Callable[[Action], bool]:
    """Matcher for one action."""
    return lambda action: action is target_action
