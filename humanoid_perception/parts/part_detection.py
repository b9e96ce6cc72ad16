# SPDX-License-Identifier: Apache-2.0
"""One part found in one image."""

from __future__ import annotations

from dataclasses import dataclass

from humanoid_perception.pose_estimate import PoseEstimate


@dataclass(frozen=True)
class PartDetection:
    """A part, where it is and how sure that is.

    Attributes:
        kind: `nut`, `pin` or `seated_nut`.
        name: what is stable about it: side of tray or pin (`left`), or an id once it is tracked (`nut_3`).
        estimate: pose, of a nut's centre (z along its axis, x along a flat's normal) or of a pin's seat (z upwards).
        score: 0 to 1.
        size: extent (x, y, z) [m] in the part's frame.
        remark: why the score is low; empty if it isn't.
    """

    kind: str
    name: str
    estimate: PoseEstimate
    score: float
    size: tuple[float, float, float]
    remark: str = ''
