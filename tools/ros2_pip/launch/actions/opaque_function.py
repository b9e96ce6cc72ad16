# SPDX-License-Identifier: Apache-2.0
"""Calling a function."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from ..action import Action
from ..launch_context import LaunchContext
from ..launch_description_entity import LaunchDescriptionEntity


class OpaqueFunction(Action):
    """Calls a function with the context; what it gives is visited."""

    def __init__(self, *, function: Callable, args: Iterable | None = None, kwargs: dict[str, object] | None = None,
                 **left_over_kwargs: object) -> None:
        super().__init__(**left_over_kwargs)
        if not callable(function):
            raise TypeError(f"OpaqueFunction expected a callable for 'function', got '{type(function)}'")
        self._function = function
        self._args = tuple(args) if args is not None else ()
        self._kwargs = kwargs or {}

    def execute(self, context: LaunchContext) -> list[LaunchDescriptionEntity] | None:
        return self._function(context, *self._args, **self._kwargs)
