# SPDX-License-Identifier: Apache-2.0
"""What the work tells the walking part and hears from it."""
from __future__ import annotations

from dataclasses import dataclass

from humanoid_control.walking.goal_walker import GoalState
from humanoid_control.walking.pose2 import Pose2

REFUSED = 'goal_pose refused'


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
    def read(cls, message: str) -> WalkAnswer | None:
        """Answer in the words of `walking/status`, None for what is said of something else, such as a stop.

        A goal that was refused counts as one that can't be reached.
        """
        word, _, reason = message.partition(': ')
        if word == REFUSED:
            return cls(GoalState.FAILED, message)
        return cls(GoalState(word), reason) if word in {state.value for state in GoalState} else None
