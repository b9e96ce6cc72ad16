# SPDX-License-Identifier: Apache-2.0
"""Handlers of node events."""
from __future__ import annotations

from ros2_pip.unsupported import refuse_missing_names

from .on_state_transition import OnStateTransition

__all__ = ['OnStateTransition']
__getattr__ = refuse_missing_names(__name__)
