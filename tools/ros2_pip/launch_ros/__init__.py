# SPDX-License-Identifier: Apache-2.0
"""Stand-in for ROS 2's launch_ros: the part that this project's launch files use."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from . import actions, descriptions, event_handlers, events, parameter_descriptions, substitutions, utilities

__all__ = ['actions', 'descriptions', 'event_handlers', 'events', 'parameter_descriptions', 'substitutions',
           'utilities']
__getattr__ = refuse_missing_names(__name__)
