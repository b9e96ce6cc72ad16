# SPDX-License-Identifier: Apache-2.0
"""Events of lifecycle nodes."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from ..matchers import matches_node_name
from .change_state import ChangeState
from .state_transition import StateTransition

__all__ = ['ChangeState', 'StateTransition', 'matches_node_name']
__getattr__ = refuse_missing_names(__name__)
