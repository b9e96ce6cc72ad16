# SPDX-License-Identifier: Apache-2.0
"""Boolean operations on texts."""
from __future__ import annotations

from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions
from ..utilities.type_utils import perform_typed_substitution
from .substitution_failure import SubstitutionFailure


def truth(context: LaunchContext, value: list[Substitution]) -> bool:
    """Boolean of a text. Raises SubstitutionFailure if it isn't one."""
    try:
        return bool(perform_typed_substitution(context, value, bool))
    except ValueError as error:
        raise SubstitutionFailure(str(error)) from error


class _Combination(Substitution):
    """'true' or 'false' from any number of texts."""

    def __init__(self, *args: SomeSubstitutionsType) -> None:
        self._args = [normalize_to_list_of_substitutions(arg) for arg in args]

    def describe(self) -> str:
        return f"{type(self).__name__}({' '.join(str(arg) for arg in self._args)})"


class AllSubstitution(_Combination):
    """'true' if all are."""

    def perform(self, context: LaunchContext) -> str:
        return str(all([truth(context, arg) for arg in self._args])).lower()


class AnySubstitution(_Combination):
    """'true' if any is."""

    def perform(self, context: LaunchContext) -> str:
        return str(any([truth(context, arg) for arg in self._args])).lower()


class AndSubstitution(AllSubstitution):
    """'true' if both are."""

    def __init__(self, left: SomeSubstitutionsType, right: SomeSubstitutionsType) -> None:
        super().__init__(left, right)


class OrSubstitution(AnySubstitution):
    """'true' if one is."""

    def __init__(self, left: SomeSubstitutionsType, right: SomeSubstitutionsType) -> None:
        super().__init__(left, right)


class NotSubstitution(_Combination):
    """'true' if the value isn't."""

    def __init__(self, value: SomeSubstitutionsType) -> None:
        super().__init__(value)

    def perform(self, context: LaunchContext) -> str:
        return str(not truth(context, self._args[0])).lower()
