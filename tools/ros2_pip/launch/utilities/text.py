# SPDX-License-Identifier: Apache-2.0
"""Text made of substitutions."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..substitution import Substitution

if TYPE_CHECKING:
    from ..launch_context import LaunchContext
    from ..some_types import SomeSubstitutionsType


def normalize_to_list_of_substitutions(subs: SomeSubstitutionsType) -> list[Substitution]:
    """Text, a substitution or an iterable of them as a list of substitutions.

    Raises TypeError for anything else.
    """
    from ..substitutions import TextSubstitution  # here: substitutions import this module

    def normalize(part: object) -> Substitution:
        if isinstance(part, str):
            return TextSubstitution(text=part)
        if isinstance(part, Substitution):
            return part
        raise TypeError(f'expected text or a Substitution, got {part!r} of type {type(part).__name__}')

    if isinstance(subs, (str, Substitution)):
        return [normalize(subs)]
    if isinstance(subs, Iterable):
        return [normalize(part) for part in subs]
    return [normalize(subs)]


def perform_substitutions(context: LaunchContext, subs: list[Substitution]) -> str:
    """The text of the substitutions, joined."""
    return ''.join(context.perform_substitution(part) for part in subs)
