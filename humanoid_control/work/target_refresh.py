# SPDX-License-Identifier: Apache-2.0
"""Which targets are worth sending."""
from __future__ import annotations

import numpy as np


class TargetRefresh:
    """Lets a target pass when it is not the last one that passed, or that one is a refresh period old.

    Most of the time most targets stand still, and each costs sender and receiver a message. The repetition is for a
    receiver that was restarted meanwhile.
    """

    def __init__(self, period: float = 0.1):
        """Repeat unchanged targets after `period` [s]."""
        self._period = period
        self._passed: dict[str, tuple[np.ndarray, float]] = {}

    def due(self, name: str, target: object, time: float) -> bool:
        """Whether a target, a number or arrays of them, is to be sent at a time [s]; then it counts as sent."""
        parts = target if isinstance(target, tuple) else (target,)
        values = np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])
        last, sent = self._passed.get(name, (None, 0.0))
        if last is not None and np.array_equal(values, last) and 0.0 <= time - sent < self._period:
            return False
        self._passed[name] = (values, time)
        return True
