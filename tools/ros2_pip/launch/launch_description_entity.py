# SPDX-License-Identifier: Apache-2.0
"""Base of all that a launch description holds."""
from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .launch_context import LaunchContext


class LaunchDescriptionEntity:
    """Something that can be visited while launching."""

    def visit(self, context: LaunchContext) -> list[LaunchDescriptionEntity] | None:
        """Does its work; gives entities to visit next."""
        return None

    def get_asyncio_future(self) -> asyncio.Future | None:
        """Future that is done when the work is; None if the work was done by visit()."""
        return None

    def describe(self) -> str:
        """One-line description."""
        return repr(self)

    def describe_sub_entities(self) -> list[LaunchDescriptionEntity]:
        """Entities that are certainly visited after this one."""
        return []

    def describe_conditional_sub_entities(self) -> list[tuple[str, Iterable[LaunchDescriptionEntity]]]:
        """(Condition in words, entities visited then)."""
        return []
