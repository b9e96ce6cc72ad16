# SPDX-License-Identifier: Apache-2.0
"""What a stop of the safety supervisor means for the work."""
from __future__ import annotations

from collections.abc import Sequence

from humanoid_control.safety.safety_state import FaultReport
from humanoid_control.safety.stop_category import StopCategory
from humanoid_control.safety.stop_listener import SIT_AFTER
from humanoid_control.work.failure import FailureCode, WorkFailure

GONE = '_silent'     # ends the codes of faults whose cause is a node or sensor that has gone


class StopPolicy:
    """The work pauses while the robot is held still, and is given up when it sits down or nobody can reset it.

    A protective stop waits for its reset for as long as it takes, unless a part of the robot is silent: that does not
    come back by itself. A supervisor that went silent is waited for equally long.

    Attributes:
        faults: latched faults as the supervisor tells them, for the reason.
    """

    PATIENCE = 20.0      # [s] of real time

    def __init__(self) -> None:
        self.faults: Sequence[FaultReport] = ()
        self._gone_since: float | None = None
        self._told: tuple[object, str] = (None, '')

    def judge(self, category: StopCategory, reason: str, silence: float, wall: float) -> str:
        """Why the work pauses now; empty when it goes on.

        Args:
            category: stop in force. reason: for people.
            silence: time without a heartbeat [s].
            wall: steady time of the computer [s].

        Raises:
            WorkFailure: STOPPED, the work is over.
        """
        if category is StopCategory.NONE:
            self._gone_since, self._told = None, (None, '')
            return ''
        gone = any(fault.active and fault.code.endswith(GONE) for fault in self.faults)
        self._gone_since = (wall if self._gone_since is None else self._gone_since) if gone else None
        reason = self._explain(category, reason)
        commanded = category <= StopCategory.CONTROLLED_SIT and silence <= SIT_AFTER
        helpless = self._gone_since is not None and wall - self._gone_since > self.PATIENCE
        if commanded or helpless or silence > self.PATIENCE:
            raise WorkFailure(FailureCode.STOPPED, reason)
        return reason

    def _explain(self, category: StopCategory, reason: str) -> str:
        """The reason with the fault behind it; the same words while nothing changes."""
        worst = min(self.faults, key=lambda fault: (not fault.active, fault.stop), default=None)
        cause = (category, worst and (worst.code, worst.subject))
        if cause != self._told[0]:
            if worst is not None:
                reason = f'{reason}: {worst.title} {worst.subject}'.rstrip() + f' ({worst.detail}). {worst.remedy}'
            self._told = cause, reason
        return self._told[1]
