# SPDX-License-Identifier: Apache-2.0
"""Retrying a behaviour, with a way to give up early."""
from __future__ import annotations

from collections.abc import Callable

import py_trees


class RetryWhile(py_trees.decorators.Decorator):
    """Runs the child again after a failure, at most `tries` times and only while `worthwhile()` holds."""

    def __init__(self, name: str, child: py_trees.behaviour.Behaviour, tries: int, worthwhile: Callable[[], bool]):
        super().__init__(name=name, child=child)
        self._tries = tries
        self._worthwhile = worthwhile
        self._failures = 0

    def initialise(self) -> None:
        """Begin to count."""
        self._failures = 0

    def update(self) -> py_trees.common.Status:
        """RUNNING until the child succeeds or it isn't worth another try."""
        status = self.decorated.status
        if status != py_trees.common.Status.FAILURE:
            return status
        self._failures += 1
        again = self._failures < self._tries and self._worthwhile()
        return py_trees.common.Status.RUNNING if again else py_trees.common.Status.FAILURE
