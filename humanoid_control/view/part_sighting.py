# SPDX-License-Identifier: Apache-2.0
"""A detection as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PartSighting:
    """One detected thing.

    Attributes:
        kind: `nut`, `seated_nut`, `pin` or `station`.
        name: its id, e.g. `nut_3`.
        score: 0 to 1.
        pose: transform (4, 4) in `odom`.
    """

    kind: str
    name: str
    score: float
    pose: np.ndarray
