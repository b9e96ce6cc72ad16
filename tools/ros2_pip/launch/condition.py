# SPDX-License-Identifier: Apache-2.0
"""Base of all conditions."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .launch_context import LaunchContext


class Condition:
    """A yes or no that is found out while launching."""

    def __init__(self, *, predicate: Callable[[LaunchContext], bool] | None = None) -> None:
        self._predicate = predicate

    def describe(self) -> str:
        """One-line description."""
        return repr(self)

    def evaluate(self, context: LaunchContext) -> bool:
        """The answer; True without a predicate."""
        return self._predicate(context) if self._predicate is not None else True
