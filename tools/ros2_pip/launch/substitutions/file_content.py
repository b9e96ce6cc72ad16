# SPDX-License-Identifier: Apache-2.0
"""Content of a file."""
from __future__ import annotations

from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions
from .substitution_failure import SubstitutionFailure


class FileContent(Substitution):
    """Text of a file."""

    def __init__(self, path: SomeSubstitutionsType) -> None:
        self._path = normalize_to_list_of_substitutions(path)

    def describe(self) -> str:
        return f"FileContent({', '.join(part.describe() for part in self._path)})"

    def perform(self, context: LaunchContext) -> str:
        path = perform_substitutions(context, self._path)
        try:
            with open(path) as file:
                return file.read()
        except FileNotFoundError as error:
            raise SubstitutionFailure(f'file not found: {path}') from error
