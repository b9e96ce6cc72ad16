# SPDX-License-Identifier: Apache-2.0
"""Logging a message."""
from __future__ import annotations

from .. import logging
from ..action import Action
from ..launch_context import LaunchContext
from ..some_types import SomeSubstitutionsType
from ..substitution import Substitution
from ..utilities import normalize_to_list_of_substitutions, perform_substitutions


class LogInfo(Action):
    """Logs a message."""

    def __init__(self, *, msg: SomeSubstitutionsType, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._msg = normalize_to_list_of_substitutions(msg)

    @property
    def msg(self) -> list[Substitution]:
        """The message."""
        return self._msg

    def execute(self, context: LaunchContext) -> None:
        logging.get_logger('launch.user').info(perform_substitutions(context, self._msg))
