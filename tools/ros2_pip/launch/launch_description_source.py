# SPDX-License-Identifier: Apache-2.0
"""Where a launch description comes from."""
from __future__ import annotations

import traceback

from . import logging
from .launch_context import LaunchContext
from .launch_description import LaunchDescription
from .some_types import SomeSubstitutionsType
from .utilities import normalize_to_list_of_substitutions, perform_substitutions


class LaunchDescriptionSource:
    """A launch description and its location, loaded when needed."""

    def __init__(self, launch_description: LaunchDescription | None = None,
                 location: SomeSubstitutionsType = '<string>',
                 method: str = 'unspecified mechanism from a script') -> None:
        self._launch_description = launch_description
        self._location = normalize_to_list_of_substitutions(location)
        self._expanded_location: str | None = None
        self._method = method

    @property
    def location(self) -> str:
        """The location, in words before the description is loaded."""
        return self._expanded_location or ' + '.join(str(part) for part in self._location)

    @property
    def method(self) -> str:
        """How the description is made."""
        return self._method

    def get_launch_description(self, context: LaunchContext) -> LaunchDescription:
        """The launch description."""
        if self._expanded_location is None:
            self._expanded_location = perform_substitutions(context, self._location)
        if self._launch_description is None:
            self._launch_description = self._get_launch_description(self._expanded_location)
        return self._launch_description

    def try_get_launch_description_without_context(self) -> LaunchDescription | None:
        """The launch description, or None if its location depends on the launch."""
        if self._launch_description is not None:
            return self._launch_description
        from .substitutions import SubstitutionFailure  # here: substitutions import utilities too

        try:
            return self._get_launch_description(perform_substitutions(LaunchContext(), self._location))
        except (SubstitutionFailure, OSError, RuntimeError, LookupError, ValueError):
            logging.get_logger(__name__).debug(traceback.format_exc())
            return None

    def _get_launch_description(self, location: str) -> LaunchDescription:
        raise RuntimeError(f'no launch description at {location}')
