# SPDX-License-Identifier: Apache-2.0
"""Progress on the terminal."""
from __future__ import annotations

import time


class Progress:
    """One line a step that has work to do, with the time it took; silent for steps already done."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self.worked = False

    def step(self, what: str) -> None:
        """Says what begins now."""
        self.worked = True
        print(f'set-up {time.monotonic() - self._start:6.1f} s  {what}', flush=True)

    def finish(self, what: str) -> None:
        """Says that all is done."""
        print(f'set-up {time.monotonic() - self._start:6.1f} s  {what}', flush=True)
