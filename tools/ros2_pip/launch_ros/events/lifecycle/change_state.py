# SPDX-License-Identifier: Apache-2.0
"""Asking for a transition."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from launch import Event
from lifecycle_msgs.msg import Transition

if TYPE_CHECKING:
    from ...actions import LifecycleNode


class ChangeState(Event):
    """A transition is wanted of the lifecycle nodes that the matcher names."""

    name = 'launch_ros.events.lifecycle.ChangeState'
    valid_transitions = {
        getattr(Transition, label): label for label in (
            'TRANSITION_CREATE', 'TRANSITION_CONFIGURE', 'TRANSITION_CLEANUP', 'TRANSITION_ACTIVATE',
            'TRANSITION_DEACTIVATE', 'TRANSITION_UNCONFIGURED_SHUTDOWN', 'TRANSITION_INACTIVE_SHUTDOWN',
            'TRANSITION_ACTIVE_SHUTDOWN', 'TRANSITION_DESTROY')}

    def __init__(self, *, lifecycle_node_matcher: Callable[[LifecycleNode], bool], transition_id: int) -> None:
        if transition_id not in self.valid_transitions:
            raise ValueError(f'transition_id {transition_id}, expected one of {self.valid_transitions}')
        self.lifecycle_node_matcher = lifecycle_node_matcher
        self.transition_id = transition_id
