# SPDX-License-Identifier: Apache-2.0
"""Which of the joint commands that come is the newest."""
from __future__ import annotations

TIME_BEGAN_ANEW = 100_000_000  # [ns] as safety.gap_time of balance, which answers no state that goes back by less


class CommandOrder:
    """Keeps joint commands in order: what comes after a newer one, by another way or twice, is not obeyed any more.

    Commands are stamped with the state that they answer. A much older stamp is not late: time began anew, and is followed.

    Attributes:
        overtaken: commands that came after a newer one.
    """

    def __init__(self) -> None:
        self.overtaken = 0
        self._newest: int | None = None
        self._reported = 0

    def admits(self, stamp_ns: int) -> bool:
        """Whether a command with this stamp [ns] is to be obeyed; one that is counts as the newest from now on."""
        if self._newest is not None and 0 < self._newest - stamp_ns < TIME_BEGAN_ANEW:
            self.overtaken += 1
            return False
        self._newest = stamp_ns
        return True

    def complaint(self) -> str:
        """What is wrong since the last call, empty if nothing is."""
        new, self._reported = self.overtaken - self._reported, self.overtaken
        return f'{new} joint_commands came after newer ones and were left out, {self.overtaken} so far' if new else ''
