# SPDX-License-Identifier: Apache-2.0
"""Stand-in for ROS 2's launch: the part that this project's launch files use."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from . import logging, utilities
from .action import Action
from .condition import Condition
from .event import Event
from .event_handler import BaseEventHandler, EventHandler
from .invalid_launch_file_error import InvalidLaunchFileError
from .launch_context import LaunchContext
from .launch_description import LaunchDescription
from .launch_description_entity import LaunchDescriptionEntity
from .launch_description_source import LaunchDescriptionSource
from .some_types import SomeEntitiesType, SomeSubstitutionsType, SomeSubstitutionsType_types_tuple
from .substitution import Substitution

# These use the names above.
from . import actions, conditions, event_handlers, events, launch_description_sources, substitutions  # isort: skip
from .launch_service import LaunchService  # isort: skip

__all__ = [
    'Action', 'BaseEventHandler', 'Condition', 'Event', 'EventHandler', 'InvalidLaunchFileError', 'LaunchContext',
    'LaunchDescription', 'LaunchDescriptionEntity', 'LaunchDescriptionSource', 'LaunchService', 'SomeEntitiesType',
    'SomeSubstitutionsType', 'SomeSubstitutionsType_types_tuple', 'Substitution', 'actions', 'conditions',
    'event_handlers', 'events', 'launch_description_sources', 'logging', 'substitutions', 'utilities',
]
__getattr__ = refuse_missing_names(__name__)
