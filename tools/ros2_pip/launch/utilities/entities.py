# SPDX-License-Identifier: Apache-2.0
"""Visiting entities."""
from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..launch_description_entity import LaunchDescriptionEntity

if TYPE_CHECKING:
    from ..launch_context import LaunchContext
    from ..some_types import SomeEntitiesType


def normalize_to_list_of_entities(entities: SomeEntitiesType | None) -> list[LaunchDescriptionEntity]:
    """None, an entity or a nested iterable of them as a flat list.

    Raises RuntimeError for anything else.
    """
    if entities is None:
        return []
    if isinstance(entities, LaunchDescriptionEntity):
        return [entities]
    if isinstance(entities, Iterable):
        return [entity for item in entities for entity in normalize_to_list_of_entities(item)]
    raise RuntimeError(f"expected a LaunchDescriptionEntity, got '{entities!r}'")


def visit_all_entities_and_collect_futures(
        entity: LaunchDescriptionEntity,
        context: LaunchContext) -> list[tuple[LaunchDescriptionEntity, asyncio.Future]]:
    """Visits an entity and all that follow from it, depth first; gives the futures of work that goes on."""
    next_entities = entity.visit(context)
    future = entity.get_asyncio_future()
    pairs = [(entity, future)] if future is not None else []
    for next_entity in next_entities or []:
        pairs += visit_all_entities_and_collect_futures(next_entity, context)
    return pairs
