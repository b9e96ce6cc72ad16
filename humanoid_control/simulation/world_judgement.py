# SPDX-License-Identifier: Apache-2.0
"""What the simulator says of itself on `diagnostics`."""
from __future__ import annotations

from humanoid_control.middleware.level import Level
from humanoid_control.model.command_order import CommandOrder


class WorldJudgement:
    """Judges, report after report, how the world is commanded."""

    def __init__(self, order: CommandOrder):
        """`order`: what watches over the commands that are obeyed."""
        self._order = order
        self._misses = 0

    def judge(self, misses: int, lost: bool, paused: bool = False) -> tuple[Level, str]:
        """Level and words for now.

        Args:
            misses: states so far whose command did not come in time.
            lost: nobody commands the joints any more.
        """
        self._said: list[str] = []
        new, self._misses = misses - self._misses, misses
        if new:
            self._warn(f'{new} states were not answered in time since the last report')
        complaint = self._order.complaint()
        if complaint:
            self._warn(complaint)
        if lost:
            return Level.ERROR, 'no joint_commands: the joints hold their posture'
        if self._said:
            return Level.WARN, '; '.join(self._said)
        return Level.OK, 'paused' if paused else 'running'

    def _warn(self, text: str) -> None:
        self._said.append(text)
