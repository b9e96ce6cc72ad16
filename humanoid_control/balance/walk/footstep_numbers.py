# SPDX-License-Identifier: Apache-2.0
"""Footsteps that were made while the next command was on its way."""
from __future__ import annotations

from collections.abc import Sequence


class FootstepNumbers:
    """Tells which footsteps at the beginning of a command need not be made again.

    Who plans numbers the footsteps of a walk upwards, and those of another walk above them; a command that goes on with a
    walk repeats the numbers that it shares with the one before. Number 0 is none: such a footstep is always new.
    """

    def __init__(self) -> None:
        """Before the first command."""
        self.forget()

    def forget(self) -> None:
        """As before the first command: nobody knows what was made."""
        self._commanded: tuple[int, ...] = ()
        self._last_made = 0

    def take(self, numbers: Sequence[int], left: int) -> int:
        """How many footsteps at the beginning of a new command have been made; the rest counts as commanded from now on.

        Args:
            numbers: of the footsteps of the new command.
            left: footsteps of the last command that the gait has not made yet.
        """
        made = self._commanded[:max(0, len(self._commanded) - left)]
        if made:
            self._last_made = made[-1]
        done = numbers.index(self._last_made) + 1 if self._last_made and self._last_made in numbers else 0
        self._commanded = tuple(numbers[done:])
        return done
