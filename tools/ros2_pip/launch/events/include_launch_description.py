# SPDX-License-Identifier: Apache-2.0
"""The wish to include a launch description."""
from __future__ import annotations

from ..event import Event
from ..launch_description import LaunchDescription


class IncludeLaunchDescription(Event):
    """A launch description is to be visited."""

    name = 'launch.events.IncludeLaunchDescription'

    def __init__(self, launch_description: LaunchDescription) -> None:
        self.launch_description = launch_description
