# SPDX-License-Identifier: Apache-2.0
"""The moment to test."""
from __future__ import annotations

from collections.abc import Callable

from launch import Action, LaunchContext


class ReadyToTest(Action):
    """Lets the tests begin."""

    def __init__(self) -> None:
        super().__init__()
        self._callbacks: list[Callable[[], None]] = []

    def _add_callback(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def execute(self, context: LaunchContext) -> None:
        for callback in self._callbacks:
            callback()
