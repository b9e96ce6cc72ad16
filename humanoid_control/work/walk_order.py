# SPDX-License-Identifier: Apache-2.0
"""What the work tells the walking part and hears from it."""
from __future__ import annotations

from dataclasses import dataclass

from humanoid_control.walking.goal_walker import GoalState
from humanoid_control.walking.pose2 import Pose2


@dataclass(frozen=True)
class WalkOrder:
    """Where base_footprint shall be, in a frame: the map's or `odom`."""

    goal: Pose2
    frame: str


@dataclass(frozen=True)
class WalkAnswer:
    """How far the goal is, and why it can't be reached."""

    state: GoalState
    reason: str = ''

    @classmethod
    def read(cls, message: str) -> WalkAnswer:
        """Answer in the words of `walking/status`; a goal that was refused counts as one that can't be reached."""
        word, _, reason = message.partition(': ')
        try:
            return cls(GoalState(word), reason)
        except ValueError:
            return cls(GoalState.FAILED, message)
