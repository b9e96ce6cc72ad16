# SPDX-License-Identifier: Apache-2.0
"""Path from parts."""
from __future__ import annotations

import os
from collections.abc import Iterable

from ..launch_context import LaunchContext
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions


class PathJoinSubstitution(Substitution):
    """Parts joined by the separator of paths."""

    def __init__(self, substitutions: Iterable[str | Substitution]) -> None:
        self._substitutions = normalize_to_list_of_substitutions(substitutions)

    @property
    def substitutions(self) -> list[Substitution]:
        """The parts."""
        return self._substitutions

    def describe(self) -> str:
        return f"PathJoin('{' + '.join(part.describe() for part in self._substitutions)}')"

    def perform(self, context: LaunchContext) -> str:
        return os.path.join(*(part.perform(context) for part in self._substitutions))
