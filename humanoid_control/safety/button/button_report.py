# SPDX-License-Identifier: Apache-2.0
"""What the node `stop_button` says on `safety/button`, and when that was heard."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ButtonWord(enum.Enum):
    """First word of a message."""

    RELEASED = 'released'
    PRESSED = 'pressed'
    LOST = 'lost'


@dataclass(frozen=True)
class ButtonReport:
    """What was said last.

    Attributes:
        word: whether a button is pressed or lost; pressed counts more.
        detail: which one, and why.
        heard: steady time of the computer [s].
    """

    word: ButtonWord
    detail: str
    heard: float

    @classmethod
    def parse(cls, text: str, heard: float) -> ButtonReport:
        """Report from a message such as `pressed: /dev/input/event3`; what is no such word counts as lost."""
        word, _, detail = text.partition(': ')
        try:
            return cls(ButtonWord(word), detail, heard)
        except ValueError:
            return cls(ButtonWord.LOST, f'safety/button says {text[:40]!r}', heard)

    def __str__(self) -> str:
        return f'{self.word.value}: {self.detail}' if self.detail else self.word.value
