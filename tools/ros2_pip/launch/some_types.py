# SPDX-License-Identifier: Apache-2.0
"""Types that many signatures share."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Union

from .substitution import Substitution

if TYPE_CHECKING:
    from .launch_description_entity import LaunchDescriptionEntity

SomeSubstitutionsType = Union[str, Substitution, Iterable[Union[str, Substitution]]]
SomeSubstitutionsType_types_tuple = (str, Substitution, Iterable)
SomeEntitiesType = Union['LaunchDescriptionEntity', Iterable['LaunchDescriptionEntity']]
