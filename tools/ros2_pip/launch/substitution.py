# SPDX-License-Identifier: Apache-2.0
"""Base of all substitutions."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .launch_context import LaunchContext


class Substitution:
    """Text that is found out while launching."""

    def describe(self) -> str:
        """One-line description, for --show-args."""
        return repr(self)

    def perform(self, context: LaunchContext) -> str:
        """The text. Raises SubstitutionFailure where it can't be found out."""
        return ''
